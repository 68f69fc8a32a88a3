import assert from 'node:assert/strict';
import { once } from 'node:events';

import WebSocket, { Sender } from 'ws';

/** Where the length's form changes, and one that needs many chunks. */
const PAYLOAD_LENS = [0, 1, 125, 126, 65535, 65536, 1024 * 1024];

const BURST = 500;

/** How many whole messages `converse` sends. */
export const MESSAGES = 2 * PAYLOAD_LENS.length + BURST + 4;

/**
 * Talks with an echo app (see `fixtures/echo.cjs`) as real clients do, by the
 * stock ws of this process: messages both ways, fragments, control frames,
 * closing from either side, and one client that breaks the protocol.
 *
 * @param {import('./app-process.mjs').AppProcess} app
 * @param {string} url
 * @param {import('ws').ClientOptions} [options]
 */
export async function converse(app, url, options) {
  const client = await connect(url, options);

  for (const len of PAYLOAD_LENS) {
    await echoes(client, textOf(len));
    await echoes(client, bytesOf(len));
  }
  await echoesFragments(client);
  await echoesByteByByte(client);
  await keepsOrder(client);
  await failsOnlyTheOffender(app, url, options, client);
  await closesByClient(app, client);
  await closesByServer(app, await connect(url, options));
}

export async function connect(url, options) {
  const client = new WebSocket(url, options);
  await once(client, 'open');
  return client;
}

async function echoes(client, data) {
  const answer = once(client, 'message');
  client.send(data);
  assertSame(await answer, data);
}

async function echoesFragments(client) {
  const pong = once(client, 'pong');
  const answer = once(client, 'message');
  client.send('one fragment, ', { fin: false });
  client.ping('between fragments');
  client.send('an empty one', { fin: false });
  client.send('', { fin: false });
  client.send(' and the last: ✓', { fin: true });
  assert.equal(String((await pong)[0]), 'between fragments');
  assertSame(await answer, 'one fragment, an empty one and the last: ✓');
}

async function echoesByteByByte(client) {
  const text = 'in as many chunks as bytes: 💶';
  const answer = once(client, 'message');
  const frame = Sender.frame(Buffer.from(text), {
    fin: true,
    mask: true,
    opcode: 1,
    readOnly: true,
    rsv1: false
  });
  client._socket.setNoDelay();
  for (const byte of Buffer.concat(frame)) {
    client._socket.write(Buffer.of(byte));
    await new Promise(setImmediate);
  }
  assertSame(await answer, text);
}

async function keepsOrder(client) {
  const received = [];
  const all = new Promise((resolve) => {
    client.on('message', function listener(data) {
      received.push(data.toString());
      if (received.length < BURST) return;
      client.off('message', listener);
      resolve();
    });
  });
  const sent = Array.from({ length: BURST }, (_, i) => `message ${i}`);
  for (const text of sent) client.send(text);
  await all;
  assert.deepEqual(received, sent);
}

async function failsOnlyTheOffender(app, url, options, bystander) {
  const offender = await connect(url, options);
  offender.on('error', () => {});
  const closed = once(offender, 'close');
  // A masked text frame with RSV3 set, in the middle of which TCP may split.
  offender._socket.write(Buffer.from([0x91, 0x81, 1, 2, 3, 4, 0x40]));
  assert.equal((await closed)[0], 1002);
  assert.equal(await app.said('failed'), 'WS_ERR_UNEXPECTED_RSV_2_3');
  await app.said('closed');
  await echoes(bystander, 'still here');
}

async function closesByClient(app, client) {
  const closed = once(client, 'close');
  client.close(4001, 'bye, übrigens');
  assert.deepEqual(await app.said('closed'), [4001, 'bye, übrigens']);
  assert.equal((await closed)[0], 4001);
}

async function closesByServer(app, client) {
  const closed = once(client, 'close');
  client.send('close 4002 that will do');
  const [code, reason] = await closed;
  assert.equal(code, 4002);
  assert.equal(reason.toString(), 'that will do');
  assert.equal((await app.said('closed'))[0], 4002);
}

function assertSame([data, isBinary], sent) {
  const isText = typeof sent === 'string';
  assert.equal(isBinary, !isText);
  // Not deepEqual: its message would print a mebibyte.
  assert.ok(
    data.equals(Buffer.from(sent)),
    `${sent.length} ${isText ? 'characters' : 'bytes'} came back changed`
  );
}

function bytesOf(len) {
  return Buffer.from({ length: len }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
}

/** Has characters of one to four bytes wherever they fit. */
function textOf(len) {
  const text = 'a é € 💶 '.repeat(Math.ceil(len / 15));
  const bytes = Buffer.from(text).subarray(0, len);
  // A character cut at the end turns into a longer replacement: cut again.
  return bytes.toString().replace(/\ufffd+$/u, '');
}
