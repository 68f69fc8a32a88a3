// A client, on stock ws, that knows what an echo server must answer, byte by byte.

import assert from 'node:assert/strict';

import { someBytes } from '../lib/noise.mjs';
import { someText } from '../lib/texts.mjs';

export class Conversation {
  /** Messages and bytes that came back as they should. */
  messages = 0;
  bytes = 0;
  #expected = [];
  #wake = () => {};
  #failure = null;

  constructor(copy, port, random, { scheme = 'ws', path = '/' } = {}) {
    this.random = random;
    this.ws = new copy.WebSocket(`${scheme}://127.0.0.1:${port}${path}`, {
      perMessageDeflate: random.chance(0.5) && { threshold: 0 },
      rejectUnauthorized: false
    });
    this.ws.on('message', (data, isBinary) => this.#take(data, isBinary));
    this.ws.on('pong', (data) => this.#take(data, 'pong'));
    this.ws.on('error', () => {});
    this.closed = new Promise((resolve) => this.ws.on('close', resolve));
    this.closed.then(() => this.#wake());
  }

  /** Waits until it is open, or will never be. */
  opened() {
    const open = new Promise((resolve) => this.ws.on('open', resolve));
    return Promise.race([open, this.closed]);
  }

  get isOpen() {
    return this.ws.readyState === this.ws.OPEN;
  }

  /** How many messages haven't come back. */
  get missing() {
    return this.#expected.length;
  }

  /** Sends some messages. */
  say() {
    const { random, ws } = this;
    for (let count = random.between(1, 20); count > 0; count--) {
      if (random.chance(0.1)) {
        const payload = someBytes(random, random.below(126));
        this.#expected.push({ payload, kind: 'pong' });
        ws.ping(payload);
        continue;
      }
      const len = random.weighted([
        [1, 0],
        [8, random.below(126)],
        [4, random.below(4000)],
        [1, random.below(70_000)]
      ]);
      const isBinary = random.chance(0.5);
      const payload = isBinary
        ? Buffer.from(someBytes(random, len))
        : someText(random, len);
      this.#expected.push({ payload, kind: isBinary });
      this.#send(payload, isBinary);
    }
  }

  /** Waits until all came back, or nothing more will. */
  async heard() {
    while (this.missing > 0 && this.isOpen) {
      await new Promise((resolve) => (this.#wake = resolve));
    }
    this.check();
  }

  /** Throws if something came that shouldn't have. */
  check() {
    if (this.#failure) throw this.#failure;
  }

  #send(payload, binary) {
    const fragments = this.random.chance(0.3) ? this.random.between(2, 5) : 1;
    const len = Math.ceil(payload.length / fragments);
    for (let i = 0; i < fragments; i++) {
      const fragment = payload.subarray(i * len, (i + 1) * len);
      this.ws.send(fragment, { binary, fin: i === fragments - 1 });
    }
  }

  #take(data, kind) {
    const expected = this.#expected.shift();
    try {
      assert.ok(expected, 'an answer to nothing');
      assert.equal(kind, expected.kind);
      assert.ok(data.equals(expected.payload), 'other bytes');
      this.messages++;
      this.bytes += data.length;
    } catch (err) {
      this.#failure ??= err;
      this.ws.terminate();
    }
    if (this.missing === 0) this.#wake();
  }
}
