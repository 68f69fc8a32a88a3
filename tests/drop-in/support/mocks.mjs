// Streams that stand for sockets, and what was written to them in words.

import { Duplex } from 'node:stream';

/** What an argument is, and what is in it. */
export function describe(arg) {
  if (typeof arg === 'function') return 'a function';
  if (ArrayBuffer.isView(arg)) {
    const bytes = Buffer.from(arg.buffer, arg.byteOffset, arg.byteLength);
    const shown = bytes.length > 100 ? bytes.length : bytes.toString('hex');
    return `${arg.constructor.name} ${shown}`;
  }
  return `${typeof arg} ${arg}`;
}

/** A stream that takes all. */
export class Mock extends Duplex {
  setTimeout() {}
  setNoDelay() {}
  _read() {}
  _write(_chunk, _encoding, callback) {
    callback();
  }
}

/** A server's connection on a channel of another protocol. */
export async function acceptChannel(scene) {
  const server = new scene.copy.WebSocketServer({ noServer: true });
  const socket = new Channel((...entry) => scene.log(...entry));
  const headers = {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13'
  };
  const request = { method: 'GET', url: '/', headers };
  const ws = await new Promise((resolve) => {
    server.handleUpgrade(request, socket, Buffer.alloc(0), resolve);
  });
  socket.window = 10;
  return { socket, ws };
}

/** Sends packets as long as the other end has given it a window for them. */
class Channel extends Mock {
  window = Infinity;
  #waiting = null;
  #log;

  constructor(log) {
    super({ allowHalfOpen: true });
    this.#log = log;
  }

  open(window) {
    this.window = window;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting) this._write(...waiting);
  }

  _write(chunk, encoding, callback) {
    if (this.window <= 0) {
      this.#waiting = [chunk, encoding, callback];
      return;
    }
    this.window -= chunk.length;
    if (this.window !== Infinity || chunk.length < 100) {
      this.#log('packet', describe(chunk));
    }
    callback();
  }
}
