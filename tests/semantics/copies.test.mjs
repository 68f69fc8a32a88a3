// Several copies of ws, several threads, and copies that are accelerated late, twice or not at all.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

import { BINARY, CONTINUATION, PING, TEXT } from '../lib/frames.mjs';
import {
  VERSIONS,
  counters,
  loadAccelerated,
  loadCopy
} from '../lib/ws-copies.mjs';

import { quiet } from './support/scene.mjs';
import { OurScene } from './support/transport.mjs';

const require = createRequire(import.meta.url);
const { accelerate, status } = require('framewright');

async function play(copy, scenario) {
  const scene = new OurScene(copy);
  try {
    return await scenario(scene);
  } finally {
    await scene.end();
  }
}

test('all versions at once in one process', async () => {
  const copies = VERSIONS.map((version) => loadAccelerated(version));
  const messages = await Promise.all(
    copies.map((copy) =>
      play(copy, async (scene) => {
        const { ws, client } = await scene.pair();
        ws.on('message', (data) => ws.send(`${data} from ${copy.version}`));
        client.send('hello');
        const [data] = await once(client, 'message');
        return `${data}`;
      })
    )
  );
  assert.deepEqual(
    messages,
    VERSIONS.map((version) => `hello from ${version}`)
  );
});

test('two copies of one version, one accelerated: the other stays as it is', async () => {
  const stock = loadCopy('8.23');
  const { _write } = stock.Receiver.prototype;
  const { sendFrame } = stock.Sender.prototype;
  const ours = loadAccelerated('8.23');

  assert.equal(stock.Receiver.prototype._write, _write);
  assert.equal(stock.Sender.prototype.sendFrame, sendFrame);
  assert.notEqual(ours.Receiver.prototype._write, _write);

  const before = counters().frames;
  await play(stock, async (scene) => {
    const { ws, client } = await scene.pair();
    client.send('hello');
    await once(ws, 'message');
  });
  assert.equal(counters().frames, before);
});

test('accelerating twice is accelerating once', async () => {
  const copy = loadAccelerated('8.23');
  const { _write } = copy.Receiver.prototype;
  const { length } = status().copies;

  assert.equal(accelerate(copy.WebSocket), copy.WebSocket);
  assert.equal(copy.Receiver.prototype._write, _write);
  assert.equal(status().copies.length, length);
});

for (const version of VERSIONS) {
  test(`ws ${version}: accelerated while connections are in the middle of a frame`, async () => {
    const copy = loadCopy(version);
    await play(copy, async (scene) => {
      const cuts = {
        'in a header': 1,
        'in a payload': 8,
        'between fragments': 9
      };
      const connections = [];
      for (const [where, at] of Object.entries(cuts)) {
        const { ws, peer } = await scene.accept();
        scene.watch(ws, where);
        const bytes = peer.encode(
          { fin: false, opcode: TEXT, payload: 'abc' },
          { opcode: PING, payload: where },
          { opcode: CONTINUATION, payload: 'def' },
          { opcode: BINARY, payload: '123' }
        );
        peer.socket.write(bytes.subarray(0, at));
        connections.push({ ws, peer, rest: bytes.subarray(at) });
      }
      const idle = await scene.accept();
      scene.watch(idle.ws, 'idle');
      await quiet();
      const before = counters().frames;

      accelerate(copy.WebSocket);
      for (const { peer, rest } of connections) {
        peer.socket.write(rest);
        await quiet();
      }
      idle.ws.send('to the idle one');
      idle.peer.send({ opcode: TEXT, payload: 'from the idle one' });
      await quiet();

      assert.deepEqual(scene.trace, [
        ...Object.keys(cuts).flatMap((where) => [
          [where, 'ping', where],
          [where, 'message', 'abcdef', false],
          [where, 'message', '123', true]
        ]),
        ['idle', 'message', 'from the idle one', false]
      ]);
      assert.deepEqual(idle.peer.frames(), [
        [0x81, Buffer.from('to the idle one')]
      ]);
      assert.equal(counters().frames, before + 1);
    });
  });
}

test('worker threads have a codec of their own', async () => {
  const workers = Array.from(
    { length: 3 },
    () => new Worker(new URL('support/echo-worker.mjs', import.meta.url))
  );
  const before = counters().frames;
  const results = await Promise.all(
    workers.map(async (worker) => {
      const [result] = await once(worker, 'message');
      return result;
    })
  );
  for (const { echoed, frames, backend } of results) {
    assert.equal(echoed, 100);
    assert.equal(frames, 200);
    assert.equal(backend, status().backend);
  }
  assert.equal(counters().frames, before);
});

test('worker threads that are terminated in the middle of it', async () => {
  for (let i = 0; i < 3; i++) {
    const worker = new Worker(
      new URL('support/echo-worker.mjs', import.meta.url),
      {
        workerData: { endless: true }
      }
    );
    await once(worker, 'message');
    await worker.terminate();
  }
});

test('ws 7 is left alone', () => {
  const ws7 = require('ws-7');
  const { _write } = ws7.Receiver?.prototype ?? {};
  try {
    accelerate(ws7);
  } catch (err) {
    assert.equal(err.name, 'TypeError');
    return;
  }
  assert.equal(ws7.Receiver.prototype._write, _write);
});

test('a cache of modules with a hole in it', () => {
  const script = `
    require.cache['/nowhere.js'] = undefined;
    require('ws');
    const { copies } = require('framewright').status();
    console.log(copies.length, copies.every((copy) => copy.accelerated));
  `;
  const args = ['-r', 'framewright/register', '-e', script];
  const cwd = new URL('.', import.meta.url);
  const stdout = execFileSync(process.execPath, args, { cwd });
  assert.equal(`${stdout}`, '1 true\n');
});
