// Messages to many connections: compressed once for all that agreed on the same.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it as test } from 'node:test';

import { broadcast, prepare } from 'framewright/broadcast';

import { decodeMessages } from '../lib/decode-messages.mjs';
import { loadAccelerated } from '../lib/ws-copies.mjs';
import { Scene } from '../semantics/support/scene.mjs';

import { addon } from './contexts.mjs';

const KIB = 1024;
const NO_TAKEOVER = 'permessage-deflate; server_no_context_takeover';

const { compress, compressAsync } = addon;
const counts = { now: 0, later: 0 };

describe('a broadcast without context takeover', () => {
  const copy = loadAccelerated('8.23');

  const it = (what, run) =>
    test(what, { timeout: 60_000 }, async () => {
      const scene = new Scene(copy);
      try {
        await run(scene);
      } finally {
        await scene.end();
      }
    });

  beforeEach(() => {
    Object.assign(counts, { now: 0, later: 0 });
    addon.compress = (...args) => {
      counts.now++;
      return compress(...args);
    };
    addon.compressAsync = (...args) => {
      counts.later++;
      return compressAsync(...args);
    };
  });
  afterEach(() => Object.assign(addon, { compress, compressAsync }));

  it('compresses a short message once, a long one once on the thread pool', async (scene) => {
    const clients = await accept(scene, Array(10).fill(NO_TAKEOVER));
    const short = prepare('short '.repeat(KIB));
    const long = prepare('long '.repeat(100 * KIB));
    const sent = [];
    for (const message of [
      short,
      short,
      long,
      short,
      long,
      'own '.repeat(KIB)
    ]) {
      broadcast(clients, message);
      sent.push(message.payload?.toString() ?? message);
    }
    await haveReceived(clients, sent);
    // The last one was not prepared, but broadcast at once.
    assert.deepEqual(counts, { now: 2, later: 1 });
  });

  it('compresses once for each group that agreed on the same', async (scene) => {
    const clients = await accept(scene, [
      NO_TAKEOVER,
      `${NO_TAKEOVER}; server_max_window_bits=9`,
      NO_TAKEOVER,
      `${NO_TAKEOVER}; server_max_window_bits=9`,
      `${NO_TAKEOVER}; server_max_window_bits=12`
    ]);
    clients.push(
      ...(await accept(scene, [NO_TAKEOVER, NO_TAKEOVER], {
        zlibDeflateOptions: { level: 1 }
      }))
    );
    const message = `${'far apart '.repeat(2)}${filler(3 * KIB)}`.repeat(4);
    const prepared = prepare(message);
    broadcast(clients, prepared);
    broadcast(clients, prepared);
    await haveReceived(clients, [message, message]);
    assert.deepEqual(counts, { now: 4, later: 0 });
    // Repetitions that are 3 KiB apart are out of reach for a window of 512 bytes.
    const lens = clients.map(({ peer }) => peer.bytes().length);
    assert.equal(lens[0], lens[2]);
    assert.equal(lens[1], lens[3]);
    assert.ok(lens[1] > 2 * lens[0], String(lens));
  });

  it('takes no part of what others are sent where messages refer to earlier ones', async (scene) => {
    const clients = await accept(scene, [
      NO_TAKEOVER,
      'permessage-deflate',
      'permessage-deflate'
    ]);
    const prepared = prepare('one message '.repeat(100));
    for (let i = 0; i < 3; i++) broadcast(clients, prepared);
    const text = prepared.payload.toString();
    await haveReceived(clients.slice(0, 1), [text, text, text]);
    await haveReceived(clients.slice(1), [text, text, text], true);
    assert.deepEqual(counts, { now: 7, later: 0 });
  });

  it('keeps the order with what is compressed for one connection alone', async (scene) => {
    const [one, two] = await accept(scene, [NO_TAKEOVER, NO_TAKEOVER]);
    const short = 'short '.repeat(KIB);
    const long = 'long '.repeat(100 * KIB);
    const own = 'own '.repeat(100 * KIB);
    const [preparedShort, preparedLong] = [prepare(short), prepare(long)];
    broadcast([one, two], preparedShort);
    one.send(own);
    broadcast([one, two], preparedLong);
    one.send('plain', { compress: false });
    broadcast([one, two], preparedShort);
    two.send(own);
    broadcast([one, two], preparedLong);
    await haveReceived([one], [short, own, long, 'plain', short, long]);
    await haveReceived([two], [short, long, short, own, long]);
    assert.deepEqual(counts, { now: 1, later: 3 });
  });

  it('becomes a fragment between the fragments of another message', async (scene) => {
    const [one, two] = await accept(scene, [NO_TAKEOVER, NO_TAKEOVER]);
    const message = 'again and again '.repeat(200);
    const prepared = prepare(message);
    broadcast([one, two], prepared);
    // What comes between two fragments becomes a fragment, as in ws.
    one.send(message, { fin: false });
    broadcast([one, two], prepared);
    broadcast([one, two], prepared);
    await haveReceived([one], [message, message + message, message]);
    await haveReceived([two], [message, message, message]);
  });

  it('survives that the connection is gone for which it is compressed', async (scene) => {
    const clients = await accept(scene, Array(3).fill(NO_TAKEOVER));
    const long = 'long '.repeat(200 * KIB);
    broadcast(clients, prepare(long));
    clients[0].terminate();
    await haveReceived(clients.slice(1), [long]);
    assert.equal(counts.later, 1);
  });
});

/** Server's connections with these agreements; each has its client as `peer`. */
async function accept(scene, offers, options) {
  const clients = [];
  for (const offer of offers) {
    const { ws, peer } = await scene.accept(
      { perMessageDeflate: { ...options } },
      { 'Sec-WebSocket-Extensions': offer }
    );
    clients.push(Object.assign(ws, { peer }));
  }
  return clients;
}

async function haveReceived(clients, messages, takeover = false) {
  for (const { peer } of clients) {
    await peer.until(() => {
      const frames = peer.frames();
      const ends = frames.filter(([first]) => first & 0x80);
      return ends.length >= messages.length;
    });
    const texts = decodeMessages(peer.bytes(), takeover)
      .filter(({ payload }) => payload !== undefined)
      .map(({ payload }) => payload.toString());
    assert.ok(texts.length === messages.length);
    messages.forEach((message, i) => assert.ok(texts[i] === message, `${i}`));
  }
}

/** Text that doesn't repeat itself. */
function filler(len) {
  let text = '';
  for (let i = 0; text.length < len; i++) text += (i * 7919).toString(36);
  return text.slice(0, len);
}
