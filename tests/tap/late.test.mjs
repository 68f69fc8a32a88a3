// Who begins to watch in the middle of compressed conversations reads all that is sent from then on.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { RecordType } from '../../npm/inspector/src/live/decoder.js';
import { Random } from '../lib/random.mjs';
import { loadAccelerated, loadCopy } from '../lib/ws-copies.mjs';
import { readMessages } from './support/late-reading.mjs';
import {
  CuttingClient,
  cuttingRelay,
  someText
} from './support/late-traffic.mjs';
import { HOST, TOKEN, Watch, listen } from './support/watch.mjs';

const require = createRequire(import.meta.url);
const inspect = require('framewright/inspect');

const LIMIT = { timeout: 60_000 };
const COUNT = 50;

async function serve(t, options) {
  const server = http.createServer();
  inspect(server, { token: TOKEN });
  const { WebSocketServer } = loadAccelerated('8.23');
  const wss = new WebSocketServer({
    server,
    perMessageDeflate: { threshold: 0, ...options }
  });
  const sockets = new Map();
  wss.on('connection', (ws, { url }) => {
    sockets.set(url, ws);
    ws.received = [];
    ws.on('message', (data) => ws.received.push(String(data)));
  });
  const port = await listen(t, server);
  return { base: `http://${HOST}:${port}/__frames/`, port, sockets };
}

/** Sends in whole or in fragments, as ws does. */
async function sendBy(ws, text, random) {
  const parts = random.below(3) === 0 ? 2 + random.below(3) : 1;
  const length = Math.ceil(text.length / parts);
  for (let i = 0; i < parts; i++) {
    ws.send(text.slice(i * length, (i + 1) * length), { fin: i === parts - 1 });
    if (i < parts - 1) await sleep(random.below(4));
  }
}

/** One conversation: both sides send until `signal.isOver`. */
class Conversation {
  sent = { in: [], out: [] };

  static async open(path, ports, sockets, random) {
    const conversation = new Conversation();
    if (random.below(2) === 0) {
      conversation.client = await CuttingClient.open(
        ports.direct,
        path,
        random
      );
    } else {
      const { WebSocket } = loadCopy('8.23');
      conversation.ws = new WebSocket(`ws://${HOST}:${ports.relay}${path}`);
      await once(conversation.ws, 'open');
    }
    conversation.path = path;
    conversation.random = random;
    conversation.server = sockets.get(path);
    return conversation;
  }

  async talk(signal) {
    await Promise.all([this.#talk('in', signal), this.#talk('out', signal)]);
  }

  async #talk(way, signal) {
    const { client, random, sent, server, ws } = this;
    while (!signal.isOver) {
      const text = someText(random, sent[way].length);
      sent[way].push(text);
      if (way === 'out') await sendBy(server, text, random);
      else if (client) await client.send(text);
      else await sendBy(ws, text, random);
      await sleep(20 + random.below(100));
    }
  }
}

for (const seed of [1, 2]) {
  it(
    `reads ${COUNT * 2} compressed connections from the middle (${seed})`,
    LIMIT,
    async (t) => {
      const random = new Random(seed);
      const { base, port, sockets } = await serve(t);
      const ports = {
        direct: port,
        relay: await cuttingRelay(t, port, random)
      };
      const talks = [];
      const signal = { isOver: false };
      for (let i = 0; i < COUNT * 2; i++) {
        talks.push(
          await Conversation.open(`/${i}`, ports, sockets, new Random(seed, i))
        );
      }
      const ends = talks.map((talk) => talk.talk(signal));
      await sleep(1000);
      const watch = await Watch.open(base);
      t.after(() => watch.close());
      await watch.until(
        () => watch.all(RecordType.OPEN).length === talks.length
      );
      const before = talks.map(({ sent }) => ({
        in: sent.in.length,
        out: sent.out.length
      }));
      await sleep(1000);
      signal.isOver = true;
      await Promise.all(ends);
      for (let isDone = false; !isDone;) {
        await sleep(200);
        const read = readings(watch, talks);
        isDone = talks.every((talk, i) => isAll(talk, read[i]));
      }
      let rebuilt = 0;
      let laterCount = 0;
      for (const [i, read] of readings(watch, talks).entries()) {
        const { sent, path } = talks[i];
        for (const way of ['in', 'out']) {
          const later = sent[way].slice(before[i][way]);
          const texts = read[way].map(({ text }) => text && String(text));
          laterCount += later.length;
          if (later.length === 0) continue;
          assert.deepEqual(texts.slice(-later.length), later, `${path} ${way}`);
          // Of those before, as many as came.
          const earlier = sent[way].slice(-texts.length);
          for (const [at, { isRebuilt, text }] of read[way].entries()) {
            if (text === null) continue;
            if (way === 'in') assert.equal(String(text), earlier[at]);
            if (way === 'out') assert.ok(earlier[at].endsWith(String(text)));
            rebuilt += isRebuilt && way === 'in' && text.length > 0 ? 1 : 0;
          }
        }
      }
      assert.ok(laterCount > talks.length);
      assert.ok(rebuilt > 3, `only ${rebuilt} were in the middle of a message`);
      for (const open of watch.all(RecordType.OPEN)) assert.ok(open.isTold);
    }
  );
}

/** Whether the last messages of both sides are there. */
function isAll({ sent }, read) {
  return ['in', 'out'].every((way) => {
    const start = `{"index":${sent[way].length - 1},`;
    return String(read[way].at(-1)?.text).startsWith(start);
  });
}

function readings({ records }, talks) {
  const opens = new Map(
    records
      .filter(({ type }) => type === RecordType.OPEN)
      .map(({ conn, request }) => [
        Buffer.from(request).toString().split(' ')[1],
        conn
      ])
  );
  return talks.map(({ path }) => ({
    in: readMessages(records, opens.get(path), false),
    out: readMessages(records, opens.get(path), true)
  }));
}
