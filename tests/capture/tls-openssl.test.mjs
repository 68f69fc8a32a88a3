// What Node's TLS can't do, between programs of OpenSSL: updates of keys, and
// early data, also before another hello.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { converseByOpenssl, hasOpenssl } from './support/openssl.mjs';
import { retryRandom } from './support/tls.mjs';
import { buildFwcap } from './support/tools.mjs';
import { packet, pcapng, segments } from './support/wire.mjs';

describe(
  'TLS of OpenSSL',
  { skip: !hasOpenssl() && 'openssl is missing' },
  () => {
    let dir;
    let fwcap;

    before(() => {
      dir = mkdtempSync(join(tmpdir(), 'framewright-openssl-'));
      fwcap = buildFwcap();
    });
    after(() => rmSync(dir, { recursive: true, force: true }));

    for (const [name, options] of [
      ['follows updates of keys', {}],
      ['skips early data', { earlyData: true }],
      [
        'skips early data before another hello',
        { earlyData: true, retried: true }
      ]
    ]) {
      it(name, async () => {
        const { connection, port, secrets } = await converseByOpenssl(
          mkdtempSync(join(dir, 'openssl-')),
          options
        );
        const file = join(dir, 'openssl.pcapng');
        const packets = segments(connection).map((segment) =>
          packet(segment, connection.clientPort, port)
        );

        writeFileSync(file, pcapng(packets, { secrets }));
        assert.equal(
          secrets.includes('CLIENT_EARLY_TRAFFIC_SECRET'),
          options.earlyData === true
        );
        assert.equal(
          connection.events.some(({ data }) => data?.includes(retryRandom)),
          options.retried === true
        );
        const frames = fwcap('dump', file).trim().split('\n').map(JSON.parse);
        const texts = frames.map(({ payload }) =>
          Buffer.from(payload, 'hex').toString()
        );

        assert.deepEqual(texts, [
          ...[0, 1, 2, 3].flatMap((n) => [`client ${n}`, `server ${n}`]),
          'client, at last',
          'server, at last'
        ]);
      });
    }
  }
);
