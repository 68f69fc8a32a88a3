// A peer that speaks WebSocket in raw bytes over a TCP socket.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';

import { decodeFrames } from '../../lib/decode-frames.mjs';
import { CLOSE, FrameWriter, closeBody } from '../../lib/frames.mjs';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const MASKING_KEY = Buffer.from('37fa213d', 'hex');

/** Connects to a server as a client. */
export async function connectRaw(port, headers = {}) {
  const socket = net.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return upgradeRaw(socket, headers);
}

/** Upgrades a socket as a client. */
export async function upgradeRaw(socket, headers = {}) {
  socket.write(
    formatHead('GET / HTTP/1.1', {
      Host: '127.0.0.1',
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': KEY,
      'Sec-WebSocket-Version': '13',
      ...headers
    })
  );
  const { rest } = await readHead(socket);
  return new RawPeer(socket, MASKING_KEY, rest);
}

/** Accepts one connection of a client. */
export async function acceptRaw(listener, headers = {}) {
  const [socket] = await once(listener, 'connection');
  const { head, rest } = await readHead(socket);
  const [, key] = /sec-websocket-key: (\S+)/i.exec(head);
  return answerRaw(socket, key, headers, rest);
}

/** Accepts the client that sent a key, and maybe the first bytes of a frame. */
export function answerRaw(socket, key, headers, rest = Buffer.alloc(0)) {
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  socket.write(
    formatHead('HTTP/1.1 101 Switching Protocols', {
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Accept': accept,
      ...headers
    })
  );
  return new RawPeer(socket, undefined, rest);
}

export class RawPeer {
  #received = [];
  #waiting = [];

  constructor(socket, maskingKey, rest) {
    this.socket = socket;
    this.maskingKey = maskingKey;
    this.isEnded = false;
    this.isClosed = false;
    socket.setNoDelay();
    socket.on('error', () => {});
    socket.on('end', () => {
      this.isEnded = true;
      this.#look();
    });
    socket.on('close', () => {
      this.isClosed = true;
      this.#look();
    });
    const onData = (chunk) => {
      this.#received.push(chunk);
      this.#look();
    };
    if (rest.length > 0) onData(rest);
    socket.on('data', onData);
    socket.resume();
  }

  /** Writes frames in one go; takes what FrameWriter takes. */
  send(...frames) {
    this.socket.write(this.encode(...frames));
  }

  encode(...frames) {
    const writer = new FrameWriter();
    for (const frame of frames) {
      const { payload = '', maskingKey = this.maskingKey } = frame;
      writer.frame({ ...frame, maskingKey, payload: Buffer.from(payload) });
    }
    return writer.take().bytes;
  }

  close(code, reason) {
    this.send({ opcode: CLOSE, payload: closeBody(code, reason) });
  }

  /** What came so far, as `[first byte, payload]`. */
  frames() {
    return decodeFrames(this.bytes()).map((frame) =>
      frame.rest ? ['rest', frame.rest] : [frame.first, frame.payload]
    );
  }

  bytes() {
    if (this.#received.length > 1) {
      this.#received = [Buffer.concat(this.#received)];
    }
    return this.#received[0] ?? Buffer.alloc(0);
  }

  /** Waits until so many whole frames came. */
  async received(count) {
    const isWhole = ([first]) => first !== 'rest';
    await this.until(() => this.frames().filter(isWhole).length >= count);
    return this.frames();
  }

  /** Waits until the other end has ended the connection. */
  async ended() {
    await this.until(() => this.isEnded || this.isClosed);
  }

  until(condition) {
    return new Promise((resolve) => {
      this.#waiting.push({ condition, resolve });
      this.#look();
    });
  }

  #look() {
    this.#waiting = this.#waiting.filter(({ condition, resolve }) => {
      if (!condition()) return true;
      resolve();
      return false;
    });
  }
}

function formatHead(first, headers) {
  const lines = Object.entries(headers).map(
    ([name, value]) => `${name}: ${value}`
  );
  return [first, ...lines, '', ''].join('\r\n');
}

async function readHead(socket) {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const [chunk] = await once(socket, 'data');
    bytes = Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf('\r\n\r\n');
    if (end === -1) continue;
    socket.pause();
    const rest = bytes.subarray(end + 4);
    return { head: bytes.subarray(0, end).toString(), rest };
  }
}
