// A socket that isn't a net.Socket: it keeps what is written to it, and takes writes as a test likes.

import { once } from 'node:events';
import { Duplex } from 'node:stream';

import { decodeFrames } from '../lib/decode-frames.mjs';

export class Sink extends Duplex {
  /** What each call of `_write` or `_writev` brought. */
  writes = [];
  #mode;
  #held = null;

  /**
   * @param {object} [options]
   * @param {'takes' | 'holds' | 'fails' | 'throws'} [options.mode]
   * @param {boolean} [options.gathers] Whether it has `_writev()`
   */
  constructor({ mode = 'takes', gathers = true } = {}) {
    super();
    this.#mode = mode;
    // Without one of its own, a stream writes its chunks one by one.
    if (!gathers) this._writev = null;
  }

  /** From now on it takes, holds or fails what is written; what it holds is done first. */
  set mode(mode) {
    this.#mode = mode;
    const held = this.#held;
    this.#held = null;
    if (held) this.#take(held.bytes, held.callback);
  }

  // ws 8.5 calls them on whatever socket it has.
  setTimeout() {
    return this;
  }
  setNoDelay() {
    return this;
  }

  _read() {}

  _write(chunk, _encoding, callback) {
    this.#take(chunk, callback);
  }

  _writev(chunks, callback) {
    this.#take(Buffer.concat(chunks.map(({ chunk }) => chunk)), callback);
  }

  /** Everything that was written, as bytes. */
  bytes() {
    return Buffer.concat(this.writes);
  }

  /** Everything that was written after the handshake's response, as `[first byte, payload]`. */
  frames() {
    return decodeFrames(this.bytes()).map(({ first, payload }) => [
      first,
      payload.toString()
    ]);
  }

  #take(bytes, callback) {
    switch (this.#mode) {
      case 'takes':
        this.writes.push(Buffer.from(bytes));
        return callback();
      case 'holds':
        this.#held = { bytes, callback };
        return;
      case 'fails':
        return callback(
          Object.assign(new Error('The sink is full'), { code: 'ENOSPC' })
        );
      case 'throws':
        throw new Error('The sink is broken');
    }
  }
}

/**
 * A server's connection on a sink.
 *
 * @param {import('../semantics/support/scene.mjs').Scene} scene
 * @param {object} [options] Options of the Sink
 * @param {object} [serverOptions]
 */
export async function acceptSink(scene, options, serverOptions = {}) {
  const server = new scene.copy.WebSocketServer({
    noServer: true,
    ...serverOptions
  });
  const sink = new Sink(options);
  const request = {
    method: 'GET',
    url: '/',
    headers: {
      upgrade: 'websocket',
      connection: 'Upgrade',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
      ...(serverOptions.perMessageDeflate && {
        'sec-websocket-extensions': 'permessage-deflate'
      })
    }
  };
  const opened = new Promise((resolve) => {
    server.handleUpgrade(request, sink, Buffer.alloc(0), resolve);
  });
  const ws = await opened;
  ws.on('error', (err) => scene.log('error', err));
  scene.onEnd(async () => {
    sink.mode = 'takes';
    ws.terminate();
    if (ws.readyState !== ws.CLOSED) await once(ws, 'close');
  });
  sink.writes = [];
  return { sink, ws };
}
