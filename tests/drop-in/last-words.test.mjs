// Handlers that block, and processes that die without a word: what was sent before has left.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { TEXT } from '../lib/frames.mjs';
import { connectRaw } from '../semantics/support/raw-peer.mjs';

const LAST_WORDS = fileURLToPath(
  new URL('fixtures/last-words.mjs', import.meta.url)
);
const LIMIT = { timeout: 120_000 };

/** Has a server do something for each request of a chunk; gives the texts that came back. */
async function ask(t, kind, requests, count) {
  const folder = mkdtempSync(path.join(tmpdir(), 'framewright-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const server = spawn(
    // What is aborted needn't leave a core file.
    'sh',
    [
      ...['-c', 'ulimit -c 0; exec "$@"', 'sh', process.execPath],
      ...[LAST_WORDS, 'ws-8.23', kind, folder]
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }
  );
  t.after(() => server.kill('SIGKILL'));
  const [port] = await once(server, 'message');
  const peer = await connectRaw(port);
  t.after(() => peer.socket.destroy());
  let noted = 0;

  peer.socket.on('data', () => {
    const whole = peer.frames().filter(([first]) => first !== 'rest');
    while (noted < whole.length) {
      noted++;
      writeFileSync(path.join(folder, `${noted}`), '');
    }
  });
  peer.send(
    ...requests.map((request) => ({
      opcode: TEXT,
      payload: JSON.stringify(request)
    }))
  );
  await (count === undefined ? peer.ended() : peer.received(count));
  return peer.frames().map(([, payload]) => `${payload}`);
}

/** What comes back for requests to send so many messages, and then to block. */
function answers(counts) {
  let sent = 0;
  return counts.flatMap((count) => [
    ...Array.from({ length: count }, () => `${++sent}`),
    (sent++, 'got')
  ]);
}

for (const block of ['execFileSync', 'execSync', 'spawnSync']) {
  for (const counts of [[1], [3], [1, 3, 2]]) {
    test(
      `${block}() after ${counts.join(', ')} messages, requests in one chunk: all of them have left`,
      LIMIT,
      async (t) => {
        const requests = counts.map((count) => ({ block, count }));
        const expected = answers(counts);
        assert.deepEqual(
          await ask(t, 'ours', requests, expected.length),
          expected
        );
      }
    );
  }
}

for (const count of [1, 2]) {
  test(
    `a loop that is busy, after ${count} messages: all of them have left`,
    LIMIT,
    async (t) => {
      const requests = [{ block: 'a busy loop', count }];
      const expected = answers([count]);
      for (const kind of ['stock', 'ours']) {
        assert.deepEqual(
          await ask(t, kind, requests, expected.length),
          expected
        );
      }
    }
  );
}

for (const death of ['SIGKILL', 'abort', 'reallyExit']) {
  for (const later of [false, true]) {
    const place = later ? 'in a timer' : 'in a handler';

    for (const count of [1, 2]) {
      test(
        `${death} ${place}, after ${count} messages: they have left`,
        LIMIT,
        async (t) => {
          const requests = [{ count, death, later }];
          const expected = ['1', '2'].slice(0, count);
          for (const kind of ['stock', 'ours']) {
            assert.deepEqual(await ask(t, kind, requests), expected);
          }
        }
      );
    }
  }
}
