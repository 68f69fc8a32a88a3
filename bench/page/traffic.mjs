// Captures of many small frames, made in memory.
import {
  LiveEncoder,
  PREAMBLE
} from '../../npm/inspector/scripts/live-encoder.mjs';

const CONNECTIONS = 20;
export const TYPES = ['bid', 'lot', 'hb', 'auction', 'desk', 'sold', 'a', 'b'];
const PAYLOAD_LEN = 64;

function frame(index, isMasked) {
  const type = TYPES[index % TYPES.length];
  const payload = Buffer.from(
    JSON.stringify({ type, price: index }).padEnd(PAYLOAD_LEN)
  );
  if (!isMasked) return Buffer.concat([Buffer.of(0x81, PAYLOAD_LEN), payload]);
  const key = [index & 255, 7, 99, 200];
  for (let at = 0; at < PAYLOAD_LEN; at++) payload[at] ^= key[at & 3];
  return Buffer.concat([Buffer.of(0x81, 0x80 | PAYLOAD_LEN, ...key), payload]);
}

/** A frame whose payload is so long that its length takes eight bytes. */
export function largeFrame(len) {
  const head = Buffer.alloc(10);
  head[0] = 0x82;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(len), 2);
  return Buffer.concat([head, Buffer.alloc(len, 'bytes ')]);
}

/** A live stream of frames, as a tap writes it. */
export function liveStream(count) {
  const encoder = new LiveEncoder();
  const parts = [PREAMBLE, encoder.start(1.7e15, 'bench')];
  let bytes = 0;
  for (let conn = 0; conn < CONNECTIONS; conn++)
    parts.push(encoder.open(conn * 1000, conn, {}));
  for (let index = 0; index < count; index++) {
    const isOut = index % 3 !== 0;
    const chunk = frame(index, !isOut);
    bytes += chunk.length;
    const time = 1e5 + index * 1e4;
    parts.push(encoder.chunk(time, index % CONNECTIONS, isOut, chunk));
  }
  return { file: Buffer.concat(parts), bytes };
}

const HANDSHAKE = [
  'GET / HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n'
];

function block(type, body) {
  const padded = (body.length + 3) & ~3;
  const out = Buffer.alloc(12 + padded);
  out.writeUInt32LE(type, 0);
  out.writeUInt32LE(out.length, 4);
  body.copy(out, 8);
  out.writeUInt32LE(out.length, out.length - 4);
  return out;
}

/** A packet of one TCP connection, without link layer (link type 101). */
function packet(isOut, sequence, payload, time) {
  const out = Buffer.alloc(20 + 40 + payload.length);
  out.writeUInt32LE(Math.floor(time / 2 ** 32), 4);
  out.writeUInt32LE(time >>> 0, 8);
  out.writeUInt32LE(out.length - 20, 12);
  out.writeUInt32LE(out.length - 20, 16);
  out[20] = 0x45;
  out.writeUInt16BE(40 + payload.length, 22);
  out[28] = 64;
  out[29] = 6;
  out.set([10, 0, 0, isOut ? 2 : 1], 32);
  out.set([10, 0, 0, isOut ? 1 : 2], 36);
  out.writeUInt16BE(isOut ? 80 : 40000, 40);
  out.writeUInt16BE(isOut ? 40000 : 80, 42);
  out.writeUInt32BE(sequence >>> 0, 44);
  out[52] = 0x50;
  out[53] = 0x10;
  payload.copy(out, 60);
  return block(6, out);
}

/** A pcapng of about `len` bytes, one frame a packet. */
export function pcapng(len) {
  const section = Buffer.alloc(16);
  section.writeUInt32LE(0x1a2b3c4d, 0);
  section.writeUInt16LE(1, 4);
  section.fill(0xff, 8);
  const link = Buffer.alloc(8);
  link.writeUInt16LE(101, 0);
  const parts = [block(0x0a0d0d0a, section), block(1, link)];
  const sequences = [1, 1];
  let frames = 0;
  let written = 0;
  const add = (isOut, payload) => {
    const side = isOut ? 1 : 0;
    const time = 1.7e15 + parts.length * 10;
    parts.push(packet(isOut, sequences[side], payload, time));
    sequences[side] += payload.length;
    written += parts.at(-1).length;
  };
  HANDSHAKE.forEach((head, side) => add(side === 1, Buffer.from(head)));
  for (; written < len; frames++) {
    const isOut = frames % 3 !== 0;
    add(isOut, frame(frames, !isOut));
  }
  return { file: Buffer.concat(parts), frames };
}
