// Random calls on a pair of real connections, and what each end saw.

import { once } from 'node:events';

import { Random } from '../lib/random.mjs';
import { Scene } from '../semantics/support/scene.mjs';

/**
 * Plays a sequence of calls.
 *
 * @param {object} copy Of ws
 * @param {number} seed The same makes the same calls
 * @param {boolean} [throws] Whether listeners throw now and then
 * @returns {Promise<object[][]>} What each end saw
 */
export async function play(copy, seed, throws = false) {
  const random = new Random(seed);
  const scene = new Scene(copy);
  try {
    const options = { perMessageDeflate: random.chance(0.3) };
    const { ws, client } = await scene.pair(options, options);
    const ends = [ws, client].map((it) => new End(it, random, throws && seed));
    for (let count = random.between(2, 8); count > 0; count--) {
      for (const end of ends) end.act();
      for (const end of ends) end.resume();
      await settled(ends);
    }
    const [last, other] = random.chance(0.5) ? ends : [ends[1], ends[0]];
    last.finish();
    await Promise.all([last.closed, other.closed]);
    for (const end of ends) await end.callTooLate();
    return ends.map(({ trace }) => trace);
  } finally {
    await scene.end();
  }
}

/** Waits until both ends have got all that the other has sent. */
async function settled([one, other]) {
  while (one.got < other.sent || other.got < one.sent) {
    await Promise.race([one.next(), other.next()]);
  }
}

class End {
  trace = [];
  /** Messages, pings and pongs. */
  sent = 0;
  got = 0;
  #isFragmented = false;
  #wake = () => {};
  #throws;

  constructor(ws, random, throwsBy) {
    this.ws = ws;
    this.random = random;
    // Not the calls' own random numbers, which are drawn in one order.
    this.#throws = throwsBy ? new Random(throwsBy) : null;
    ws.on('message', (data, isBinary) => this.#see('message', data, isBinary));
    ws.on('ping', (data) => {
      // It is answered.
      this.sent++;
      this.#see('ping', data);
    });
    ws.on('pong', (data) => this.#see('pong', data));
    ws.on('error', (err) => this.trace.push(['error', err.code, err.message]));
    ws.on('close', (code, reason) => {
      this.trace.push(['close', code, `${reason}`]);
    });
    this.closed = once(ws, 'close');
  }

  next() {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  /** Some calls in one turn. */
  act() {
    const { random, ws } = this;
    for (let count = random.below(12); count > 0; count--) {
      random.weighted([
        [8, () => this.#send()],
        [1, () => this.#control('ping')],
        [1, () => this.#control('pong')],
        [1, () => ws.pause?.()],
        [1, () => this.resume()],
        [1, () => this.#misuse()]
      ])();
    }
  }

  resume() {
    this.ws.resume?.();
  }

  /** Ends the connection, with more sent in the same turn. */
  finish() {
    const { random, ws } = this;
    const closes = [
      () => ws.close(1000, 'done'),
      () => ws.close(),
      () => ws.close(4000)
    ];
    const kills = [() => ws.terminate(), () => ws._socket.destroy()];
    // Stock ws may still be compressing then; ours has done so at once.
    random.pick(ws.extensions ? closes : [...closes, ...kills])();
    this.trace.push(['state', ws.readyState]);
  }

  /** What the calls of a closed connection say. */
  async callTooLate() {
    const { ws } = this;
    const err = await new Promise((resolve) => ws.send('late', resolve));
    this.trace.push(['late', err?.message, ws.readyState]);
    ws.close();
    ws.terminate();
    this.trace.push(['late', ws.readyState, typeof ws.bufferedAmount]);
  }

  #send() {
    const { random } = this;
    const fin = random.chance(0.8);
    const bytes = random.bytes(random.pick([0, 1, 30, 125, 126, 900, 66_000]));
    const data = random.pick([
      () => bytes,
      () => bytes.toString('hex'),
      () => new Uint8Array(bytes).buffer
    ])();
    const binary = this.#isFragmented ? undefined : random.chance(0.5);
    const index = this.trace.length;
    this.ws.send(
      bytes.length === 0 ? '' : fitted(data, binary),
      {
        fin,
        binary
      },
      (err) => {
        if (err) this.trace.push(['not sent', index, err.message]);
      }
    );
    this.#isFragmented = !fin;
    if (fin) this.sent++;
  }

  #control(method) {
    this.ws[method](this.random.bytes(this.random.below(126)));
    this.sent++;
  }

  /** Calls that are refused at once. */
  #misuse() {
    const { random, ws } = this;
    const call = random.pick([
      () => ws.ping(Buffer.alloc(126)),
      () => ws.pong(Buffer.alloc(126)),
      () => ws.send(Symbol.iterator)
    ]);
    try {
      call();
    } catch (err) {
      this.trace.push(['thrown', err.name, err.message]);
      return;
    }
    throw new Error(`was not refused: ${call}`);
  }

  #see(...event) {
    this.got++;
    this.trace.push(
      event.map((part) =>
        Buffer.isBuffer(part) ? part.toString('base64') : part
      )
    );
    this.#wake();
    if (this.#throws?.chance(0.2)) throw new Error('meant');
  }
}

/** Text has to be UTF-8. */
function fitted(data, binary) {
  return !binary && typeof data !== 'string'
    ? Buffer.from(data).toString('hex')
    : data;
}
