// Every combination of what can be agreed on and what can be sent, with stock ws on the other end.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decodeFrames } from '../lib/decode-frames.mjs';
import { decodeMessages } from '../lib/decode-messages.mjs';
import { Random } from '../lib/random.mjs';
import { loadAccelerated, loadCopy, NEWEST } from '../lib/ws-copies.mjs';
import { Scene } from '../semantics/support/scene.mjs';

import { addon } from './contexts.mjs';
import { words } from './corpora.mjs';

const FIN = 0x80;
const LENS = [0, 1, 125, 126, 65535, 65536, 1024 * 1024];

const stock = loadCopy(NEWEST);
const ours = loadAccelerated(NEWEST);
const messages = makeMessages(new Random(7692));

function makeMessages(random) {
  return LENS.flatMap((len) =>
    [Buffer.from(words(random, len).slice(0, len)), random.bytes(len)].flatMap(
      (payload, isBinary) =>
        [1, 3].map((fragments) => ({
          payload,
          isBinary: !!isBinary,
          fragments
        }))
    )
  );
}

for (const takeover of [true, false]) {
  for (let bits = 8; bits <= 15; bits++) {
    test(
      `window bits ${bits}, context takeover: ${takeover}`,
      { timeout: 180_000 },
      async () => {
        const asServer = await converse(ours, stock, bits, takeover);
        const asClient = await converse(stock, ours, bits, takeover);
        for (const side of ['fromServer', 'fromClient']) {
          const sent = messages.map(({ payload }) => payload);
          for (const bytes of [asServer[side], asClient[side]]) {
            // By Node's zlib, whatever the receiving ws did.
            const decoded = decodeMessages(bytes, takeover).filter(
              ({ payload }) => payload !== undefined
            );
            assert.equal(decoded.length, sent.length);
            decoded.forEach(({ payload }, i) => {
              assert.ok(payload.equals(sent[i]), `${side}, message ${i}`);
            });
          }
        }
        isAsShort(asServer.fromServer, asClient.fromServer);
        isAsShort(asClient.fromClient, asServer.fromClient);
      }
    );
  }
}

/** All messages to a server and back; returns what each side put on the wire. */
async function converse(serverCopy, clientCopy, bits, takeover) {
  const scene = new Scene(serverCopy);
  const clientScene = new Scene(clientCopy);
  try {
    const server = await scene.serve({
      perMessageDeflate: {
        serverMaxWindowBits: bits,
        clientMaxWindowBits: bits,
        serverNoContextTakeover: !takeover,
        clientNoContextTakeover: !takeover,
        threshold: 0
      }
    });
    const received = [];
    server.on('connection', (ws, { socket }) => {
      // Before ours unmasks it in place.
      socket.prependListener('data', (chunk) => {
        received.push(Buffer.from(chunk));
      });
      let next = 0;
      ws.on('message', (data, isBinary) => {
        const { payload, fragments, ...message } = messages[next++];
        assert.equal(isBinary, message.isBinary);
        assert.ok(data.equals(payload));
        send(ws, data, isBinary, fragments);
      });
    });
    const client = new clientCopy.WebSocket(
      `ws://127.0.0.1:${server.address().port}`,
      { perMessageDeflate: { threshold: 0 } }
    );
    clientScene.onEnd(() => client.terminate());
    const echoed = [];
    client.on('upgrade', ({ socket }) => {
      socket.on('data', (chunk) => echoed.push(Buffer.from(chunk)));
    });
    const counters = await new Promise((resolve, reject) => {
      let next = 0;
      const go = () => {
        if (next === messages.length) return resolve(addon.deflateCounters());
        const { payload, isBinary, fragments } = messages[next];
        send(client, payload, isBinary, fragments);
      };
      client.on('open', go);
      client.on('error', reject);
      client.on('close', (code) => reject(new Error(`closed with ${code}`)));
      client.on('message', (data, isBinary) => {
        const message = messages[next++];
        if (isBinary === message.isBinary && data.equals(message.payload)) go();
        else reject(new Error(`message ${next - 1} came back as another`));
      });
    });
    // One of the two ends is ours.
    assert.deepEqual([counters.compressors, counters.decompressors], [1, 1]);
    assert.match(client.extensions, /^permessage-deflate/);
    return {
      fromServer: Buffer.concat(echoed),
      fromClient: Buffer.concat(received)
    };
  } finally {
    await clientScene.end();
    await scene.end();
  }
}

function send(ws, payload, isBinary, fragments) {
  const len = Math.ceil(payload.length / fragments);
  for (let i = 0; i < fragments; i++) {
    ws.send(payload.subarray(i * len, (i + 1) * len), {
      binary: isBinary,
      fin: i === fragments - 1
    });
  }
}

/** At most 3 % longer, where it can be compressed, than what stock ws made of it. */
function isAsShort(bytes, stockBytes) {
  const ratio = textLen(bytes) / textLen(stockBytes);
  assert.ok(ratio <= 1.03, `${ratio} as long`);
}

/** How long the payloads of all text messages are, compressed. */
function textLen(bytes) {
  let message = 0;
  let len = 0;
  for (const { first, payload } of decodeFrames(bytes)) {
    if (!messages[message].isBinary) len += payload.length;
    if (first & FIN) message++;
  }
  assert.equal(message, messages.length);
  return len;
}
