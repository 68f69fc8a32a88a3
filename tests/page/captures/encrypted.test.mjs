// Captures of encrypted connections, opened with and without their keys.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, it } from 'node:test';

import {
  converseOverTls,
  kinds,
  startTlsServer
} from '../../capture/support/tls.mjs';
import { packet, pcapng, segments } from '../../capture/support/wire.mjs';
import { Command } from '../../cli/command.mjs';
import { missingInspector, withPage } from '../support/page.mjs';

const texts = ['first', 'second'];

describe('an encrypted capture', { skip: missingInspector() }, () => {
  let inspector;
  let secrets;
  let packets;

  withPage((opened) => ({ inspector } = opened));
  before(async () => {
    const server = await startTlsServer();

    try {
      ({ secrets } = await converseOverTls(server, kinds[0], undefined, texts));
    } finally {
      await server.close();
    }
    const [connection] = server.relay.connections;

    packets = segments(connection).map((segment) =>
      packet(segment, connection.clientPort, server.port)
    );
  });

  async function showsFrames() {
    // Two messages, a ping and a close, and their answers.
    await inspector.rowsShown(8);
    const rows = await inspector.rows();

    assert.equal(rows.filter((row) => row.endsWith('first')).length, 2);
  }

  it('says what is missing, and how to get it', async () => {
    await inspector.drop(pcapng(packets), 'tls.pcapng');
    await inspector.reads(
      '.notice',
      /A TLS connection to localhost:\d+ can't be read: the keys are missing\..*SSLKEYLOGFILE/s
    );
    await inspector.page
      .getByRole('button', { name: 'Choose a key file' })
      .waitFor();
  });

  it('is read with the keys that are dropped after it', async () => {
    await inspector.drop(Buffer.from(secrets), 'keys.log');
    await inspector.sourceReads(
      /^tls\.pcapng.*1 TLS connection was decrypted/s
    );
    await showsFrames();
    assert.equal(await inspector.page.locator('.notice').count(), 0);
  });

  it('is read with the keys in it', async () => {
    await inspector.drop(pcapng(packets, { secrets }), 'both.pcapng');
    await inspector.sourceReads(/^both\.pcapng.*decrypted/s);
    await showsFrames();
  });

  it('is read with the keys that the command was given', async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'framewright-keys-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const [file, log] = ['by command.pcapng', 'keys'].map((name) =>
      path.join(folder, name)
    );
    writeFileSync(file, pcapng(packets));
    async function open(keys) {
      writeFileSync(log, keys);
      const command = new Command(['inspect', file, '--keys', log]);
      t.after(() => command.interrupt());
      const [address] = await command.prints(/http:\S+/);
      await inspector.page.goto(address);
    }
    // As clients begin a log.
    await open('# SSL/TLS secrets log file\n');
    await inspector.reads('.notice', /the keys are missing/);
    await open(secrets);
    await inspector.sourceReads(/^by command\.pcapng.*decrypted/s);
    await showsFrames();
  });

  it('leaves no complaint in the console', () => {
    assert.deepEqual(inspector.complaints, []);
  });
});
