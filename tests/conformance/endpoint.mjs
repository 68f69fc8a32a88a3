// A conversation with an endpoint under test: an echo in either role, over a real socket, and a raw peer.

import { decodeFrames } from '../lib/decode-frames.mjs';
import { decodeMessages } from '../lib/decode-messages.mjs';

const EXTENSIONS = 'Sec-WebSocket-Extensions';
const KINDS = { 0: 'continuation', 1: 'text', 2: 'binary', 8: 'close' };

/**
 * Lets the peer say what a case has it say.
 *
 * @param {Scene} scene What makes the connection
 * @param {'server' | 'client'} role The endpoint's
 * @param {object} kase See cases.mjs
 * @returns {Promise<object>} `frames` that the endpoint sent, what it was told of the end, and in which of
 *     the peer's writes it found a fault
 */
export async function converse(scene, role, kase) {
  const { ws, peer } = await open(scene, role, kase);
  const extensions = ws.extensions && agreed(ws);
  const outcome = { frames: null, close: null, failedAt: null };
  const start = ws._socket.bytesRead;
  const hasEnd = watchEnd(peer);
  let step = 0;
  let written = 0;

  ws.on('message', (data, isBinary) => {
    const call = !isBinary && /^close (\d+) ?(.*)$/.exec(data);
    if (call) ws.close(Number(call[1]) || undefined, call[2]);
    else ws.send(data, { binary: isBinary });
  });
  ws.on('error', () => (outcome.failedAt = step));
  const closed = new Promise((resolve) => {
    ws.on('close', (code, reason) => {
      outcome.close = [code, `${reason}`];
      resolve();
    });
  });

  try {
    for (const bytes of writesOf(kase, peer)) {
      if (!peer.socket.writable) break;
      peer.socket.write(bytes);
      written += bytes.length;
      await read(ws, start + written);
      step++;
    }
    await peer.until(() => peer.isEnded || (kase.isOpenAtEnd && hasEnd()));
    outcome.frames = framesOf(peer, kase, role, extensions);
    if (role === 'client' || !peer.isEnded) peer.socket.end();
    await closed;
    return outcome;
  } finally {
    await scene.end();
  }
}

function open(scene, role, { options, offer, answer }) {
  const headers = (value) => (value ? { [EXTENSIONS]: value } : {});
  return role === 'server'
    ? scene.accept(options, headers(offer))
    : scene.connect(options, headers(answer));
}

/** The bytes of each of the peer's writes. */
function* writesOf({ writes, cut, isOpenAtEnd }, peer) {
  for (const write of writes) {
    const bytes = Buffer.isBuffer(write) ? write : peer.encode(...write);
    for (let at = 0; at < bytes.length; at += cut ?? bytes.length) {
      yield bytes.subarray(at, at + (cut ?? bytes.length));
    }
  }
  // What the endpoint says after everything else shows that it said nothing more.
  if (isOpenAtEnd) yield peer.encode({ opcode: 0x9, payload: 'end' });
}

/** Waits until the endpoint has read so many bytes, and done with them what it does at once. */
async function read(ws, count) {
  const { _socket: socket } = ws;
  while (socket && !socket.destroyed && socket.bytesRead < count) {
    if (ws.readyState > 1) break;
    await new Promise(setImmediate);
  }
  await new Promise(setImmediate);
}

/** Follows what the endpoint sends, and tells whether it was the answer to the last ping. */
function watchEnd({ socket }) {
  let tail = Buffer.alloc(0);
  // Before the peer itself looks whether it has what it waits for.
  socket.prependListener('data', (chunk) => {
    tail = Buffer.concat([tail, chunk.subarray(-9)]).subarray(-9);
  });
  return () =>
    [5, 9].some((len) => {
      const [frame] = decodeFrames(tail.subarray(-len));
      return frame?.first === 0x8a && `${frame.payload}` === 'end';
    });
}

function framesOf(peer, { isOpenAtEnd }, role, extensions) {
  const takeover = !extensions?.includes(`${role}_no_context_takeover`);
  const frames = decodeMessages(peer.bytes(), takeover).map(
    ({ first, masked, payload, rest }) => {
      if (rest) return { rest: rest.length };
      const opcode = first & 0x0f;
      const kind = { ...KINDS, 9: 'ping', 10: 'pong' }[opcode];
      return {
        kind,
        fin: first >= 0x80,
        rsv: (first >> 4) & 7,
        masked,
        payload
      };
    }
  );
  if (isOpenAtEnd && frames.at(-1)?.kind === 'pong') frames.pop();
  return frames;
}

/** The parameters that hold, by name. */
function agreed(ws) {
  return Object.keys(ws._extensions['permessage-deflate'].params);
}
