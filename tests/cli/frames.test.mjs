// `framewright frames`: captures and live inspectors in the terminal.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import {
  LiveEncoder,
  PREAMBLE
} from '../../npm/inspector/scripts/live-encoder.mjs';
import {
  converseOverTls,
  kinds,
  startTlsServer
} from '../capture/support/tls.mjs';
import { packet, pcapng, Relay, segments } from '../capture/support/wire.mjs';
import { BIN, Command, run } from './command.mjs';

const require = createRequire(import.meta.url);
const { WebSocket, WebSocketServer } = require('ws');
const inspect = require('framewright/inspect');

const LIMIT = { timeout: 180_000 };
const READER = new URL('../../npm/inspector/dist/reader.js', import.meta.url);
const skip =
  !existsSync(fileURLToPath(READER)) &&
  'the inspector is not built: npm run build -w @framewright/inspector';

function lines({ stdout }) {
  return stdout.trimEnd().split('\n');
}

describe('framewright frames', { skip, ...LIMIT }, () => {
  let dir;
  let file;
  let packets;

  before(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'framewright-frames-'));
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      perMessageDeflate: { threshold: 0 }
    });

    server.on('connection', (ws) =>
      ws.on('message', (data, binary) => ws.send(data, { binary }))
    );
    await once(server, 'listening');
    const relay = new Relay();
    const port = await relay.listen(server.address().port);
    const ws = new WebSocket(`ws://127.0.0.1:${port}/chat`, {
      perMessageDeflate: { threshold: 0 }
    });

    await once(ws, 'open');
    ws.send('größe '.repeat(5));
    await once(ws, 'message');
    ws.send('in ', { fin: false, compress: false });
    ws.send('two', { fin: true, compress: false });
    await once(ws, 'message');
    ws.send(Buffer.from([0, 1, 2]), { compress: false });
    await once(ws, 'message');
    ws.close(1000, 'bye');
    await once(ws, 'close');
    server.close();
    await relay.close();
    const [connection] = relay.connections;

    packets = segments(connection).map((segment) =>
      packet(segment, connection.clientPort, port)
    );
    file = path.join(dir, 'chat.pcapng');
    writeFileSync(file, pcapng(packets));
  });

  after(() => rmSync(dir, { recursive: true, force: true }));

  it('prints a line a frame', async () => {
    const command = await run(['frames', file]);

    assert.equal(command.code, 0, command.stderr);
    const shown = lines(command);

    assert.equal(shown.length, 9);
    assert.match(
      shown[0],
      /^2023-11-\d\dT[\d:.]+Z #0 {3}→ TEXT {2}F1··M +\d+ größe größe/
    );
    assert.match(shown[2], /→ TEXT {2}····M +3 in$/);
    assert.match(shown[3], /→ CONT {2}F···M +3 two$/);
    assert.match(shown[5], /→ BIN {3}F···M +3 00 01 02$/);
    assert.match(shown.at(-1), /← CLOSE F···· +5 1000 bye$/);
  });

  it('prints messages as JSON, joined and inflated', async () => {
    const command = await run(['frames', file, '--json', '--messages']);
    const shown = lines(command).map(JSON.parse);
    const texts = shown.map(({ text, data }) => text ?? data);

    assert.deepEqual(texts.slice(0, 6), [
      ...Array(2).fill('größe '.repeat(5)),
      ...Array(2).fill('in two'),
      ...Array(2).fill('AAEC')
    ]);
    assert.deepEqual(
      shown.slice(6).map(({ type, code, reason }) => [type, code, reason]),
      Array(2).fill(['close', 1000, 'bye'])
    );
    assert.equal(shown[0].direction, 'to-server');
    assert.equal(new URL(shown[0].url).pathname, '/chat');
  });

  it('filters, also what comes by stdin', async () => {
    const child = spawn(process.execPath, [
      BIN,
      ...['frames', '-', '--filter', 'opcode==close']
    ]);
    let output = '';

    child.stdout.on('data', (data) => (output += data));
    child.stdin.end(pcapng(packets));
    await once(child, 'close');
    assert.deepEqual(
      output
        .trim()
        .split('\n')
        .map((line) => /[→←]/.exec(line)[0]),
      ['→', '←']
    );
    const wrong = await run(['frames', file, '--filter', 'opcode==']);

    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /--filter: /);
  });

  it('decrypts with the logs of keys that it is given', async () => {
    const server = await startTlsServer();
    const { secrets } = await converseOverTls(server, kinds[0], undefined, [
      'encrypted'
    ]).finally(() => server.close());
    const [connection] = server.relay.connections;
    const [encrypted, ...logs] = ['tls.pcapng', 'none.log', 'keys.log'].map(
      (name) => path.join(dir, name)
    );

    writeFileSync(
      encrypted,
      pcapng(
        segments(connection).map((segment) =>
          packet(segment, connection.clientPort, server.port)
        )
      )
    );
    writeFileSync(logs[0], '# none yet');
    writeFileSync(logs[1], secrets);
    const none = await run(['frames', encrypted, '--keys', logs[0]]);

    assert.equal(none.stdout, '');
    assert.match(none.stderr, /the keys are missing/);
    const keys = logs.flatMap((log) => ['--keys', log]);
    const { stdout, stderr } = await run(['frames', encrypted, ...keys]);

    assert.match(stdout, /→ TEXT .*encrypted\n[^]*← TEXT .*encrypted/, stderr);
    const missing = await run(['frames', encrypted, '--keys', 'none']);

    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /^framewright: can't read none: ENOENT/);
  });

  it('exits with 1 at findings of the severity in --fail-on', async () => {
    // A frame that is masked by no key but zeros, twice.
    const broken = path.join(dir, 'broken.txt');

    writeFileSync(broken, '81 81 00 00 00 00 61 83 80 00 00 00 00');
    const strict = ['frames', broken, '--findings', '--fail-on', 'error'];
    const bad = await run(strict);

    assert.equal(bad.code, 1);
    assert.match(bad.stdout, /error: #0 frame 1: .*RFC 6455/);
    assert.equal((await run(['frames', file, '--fail-on', 'error'])).code, 0);
    assert.equal((await run(['frames', broken])).code, 0);
  });

  it('says what it cannot read', async () => {
    const other = path.join(dir, 'image.png');

    writeFileSync(other, Buffer.from('89504e470d0a1a0a0000000d', 'hex'));
    const { code, stderr } = await run(['frames', other]);

    assert.equal(code, 1);
    assert.match(stderr, /seems to be a PNG image/);
    assert.match((await run(['frames', 'none'])).stderr, /can't read none/);
  });

  it('follows a file that grows', async (t) => {
    const growing = path.join(dir, 'growing.pcapng');
    const all = pcapng(packets);
    const half = pcapng(packets.slice(0, -8)).length;

    writeFileSync(growing, all.subarray(0, half));
    const command = new Command(['frames', growing, '--follow']);

    t.after(() => command.interrupt());
    await command.prints(/→ TEXT/);
    appendFileSync(growing, all.subarray(half));
    await command.prints(/← CLOSE .*1000 bye/);
  });

  it('filters by names of connections, which come after frames', async (t) => {
    const growing = path.join(dir, 'names.fwlive');
    const live = new LiveEncoder();
    const append = (...records) =>
      appendFileSync(growing, Buffer.concat(records));
    const text = (id, words) =>
      live.chunk(1, id, true, Buffer.from(`\x81${words}`, 'latin1'));

    append(
      ...[PREAMBLE, live.start(1, 'a test'), live.open(1, 0, {})],
      ...[live.open(1, 1, {}), text(0, '\x05early'), text(1, '\x05start')]
    );
    const query = 'name==ada or text==start';
    const command = new Command([
      ...['frames', growing, '--follow', '--json', '--filter', query]
    ]);

    t.after(() => command.interrupt());
    await command.prints(/start/);
    append(live.name(1, 0, 'Ada'), text(0, '\x04late'), text(1, '\x03end'));
    await command.prints(/late.*\n/);
    assert.deepEqual(
      lines(command)
        .map(JSON.parse)
        .map(({ name, text }) => [text, name]),
      [
        ['start', undefined],
        ['early', 'Ada'],
        ['late', 'Ada']
      ]
    );
  });

  for (const token of [undefined, 'a-token-of-our-own-choice'])
    it(`shows a live inspector's frames, its token ${token ? 'given' : 'in the address'}`, async (t) => {
      const server = http.createServer();
      const wss = new WebSocketServer({ server });

      wss.on('connection', (ws) =>
        ws.on('message', (text) => ws.send(String(text)))
      );
      const inspection = inspect(server, token && { token });

      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address();
      const command = new Command([
        'frames',
        ...(token
          ? [`http://127.0.0.1:${port}/__frames/`, '--token', token]
          : [inspection.url])
      ]);

      t.after(async () => {
        await command.interrupt();
        inspection.close();
        server.closeAllConnections();
        server.close();
      });
      for (let shown = false; !shown;) {
        const ws = new WebSocket(`ws://127.0.0.1:${port}/`);

        await once(ws, 'open');
        ws.send('live');
        await once(ws, 'message');
        ws.close();
        await once(ws, 'close');
        shown = /→ TEXT .*live\n[^]*← TEXT .*live/.test(command.stdout);
        assert.equal(command.code, undefined, command.stderr);
        await delay(50);
      }
    });

  it("says what isn't a token", async () => {
    const address = 'http://127.0.0.1:1/__frames/?token=…';
    const { code, stderr } = await run(['frames', address]);

    assert.equal(code, 1);
    assert.match(stderr, /^framewright: "…" isn't a token; /);
  });
});
