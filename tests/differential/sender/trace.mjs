// Runs a sequence of calls on a Sender over a socket that records, and notes all that comes back.

import { Socket } from 'node:net';
import { Duplex } from 'node:stream';

import { Random } from '../../lib/random.mjs';
import { perMessageDeflate } from '../../lib/ws-copies.mjs';

import { isAsynchronous, makeData } from './case.mjs';

/** How much of a turn of the event loop counts as waiting, in ms. */
const LONGEST_TURN = 50;

/** One run of one case on one copy of ws. */
export class SenderTrace {
  /**
   * @param {object} copy From ws-copies
   * @param {import('./case.mjs').SenderCase} kase
   */
  constructor(copy, kase) {
    this.kase = kase;
    this.log = [];
    /** Apart, as frames that leave together fail together: a callback may change places with an event. */
    this.events = [];
    this.thrown = [];
    this.bytes = [];
    this.pending = 0;
    this.untouched = [];
    this.isMeasured = kase.sink !== 'slow' && !isAsynchronous(kase);
    this.extension = kase.deflate
      ? perMessageDeflate(copy, !kase.mask, kase.deflate)
      : undefined;
    // Framewright leaves sockets that aren't Node's to ws.
    const Sink = kase.seed % 4 === 0 ? StreamSink : SocketSink;
    this.socket = new Sink(kase, this.bytes);
    this.socket.on('error', (err) => {
      this.events.push(['error', describe(err)]);
    });
    this.socket.on('close', () => this.events.push(['close']));
    this.sender = new copy.Sender(
      this.socket,
      this.extension && { 'permessage-deflate': this.extension },
      kase.fixedKeys ? makeKeys(kase.seed) : undefined
    );
    this.sender.onerror = (err) => {
      this.events.push(['onerror', describe(err)]);
    };
  }

  async run() {
    const { calls } = this.kase;
    for (let i = 0; i < calls.length; i++) {
      const call = calls[i];
      if (call.name === 'turn') {
        await TURNS[call.kind]();
        if (call.kind === 'immediate') this.#measure();
        continue;
      }
      try {
        this.#call(i, call);
      } catch (err) {
        if (call.cb) this.pending--;
        this.thrown.push([i, describe(err)]);
      }
    }
    await this.#settle();
    this.log.push(['memory is as it was', this.untouched.every((is) => is())]);
    this.socket.removeAllListeners('close');
    this.socket.destroy();
    this.extension?.cleanup();
  }

  #call(i, call) {
    const { sender, socket } = this;
    const cb = call.cb ? this.#callback(i) : undefined;
    const data = call.data && makeData(call.data);
    switch (call.name) {
      case 'send': {
        const { binary, compress, fin, mask } = call;
        this.#watch(data);
        sender.send(data, { binary, compress, fin, mask }, cb);
        if (call.scribble && !isAsynchronous(this.kase)) this.#scribble(data);
        break;
      }
      case 'ping':
        sender.ping(data, call.mask, cb);
        break;
      case 'pong':
        sender.pong(data, call.mask, cb);
        break;
      case 'close':
        sender.close(call.code, data, call.mask, cb);
        break;
      case 'sendFrame':
        sender.sendFrame(makeFrame(call), cb);
        break;
      case 'write':
        socket.write(new Random(call.seed, 4).bytes(call.len));
        break;
      case 'destroy':
        socket.destroy();
        break;
      case 'end':
        socket.end();
        break;
    }
  }

  #callback(i) {
    this.pending++;
    return (...args) => {
      this.pending--;
      this.log.push(['called back', i, ...args.map(describe)]);
    };
  }

  /** Sees to it that the sender leaves the caller's bytes as they are. */
  #watch(data) {
    if (!ArrayBuffer.isView(data)) return;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const before = Buffer.from(bytes);
    this.untouched.push(() => before.equals(bytes));
  }

  #scribble(data) {
    if (!ArrayBuffer.isView(data)) return;
    this.untouched.pop();
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength).fill(0x55);
  }

  #isOccupied() {
    const { _state, _deflating, _queue } = this.sender;
    return _state > 0 || _deflating || _queue.length > 0;
  }

  #measure() {
    if (!this.isMeasured) return;
    const { sender, socket } = this;
    const amount = socket.writableLength + sender._bufferedBytes;
    this.log.push(['buffered', amount, sender._bufferedBytes]);
  }

  async #settle() {
    const { kase } = this;
    let last = performance.now();
    let waited = 0;
    let seen = this.log.length;
    do {
      await TURNS.immediate();
      const now = performance.now();
      // A turn in which the other traces kept the thread busy is no time in which this one was waited for.
      waited += Math.min(now - last, LONGEST_TURN);
      last = now;
      if (this.log.length > seen) {
        seen = this.log.length;
        waited = 0;
      }
    } while (waited < this.#patience());
    for (let i = 0; i < 3; i++) await TURNS.immediate();
    // Compressed payloads may differ in length.
    this.isMeasured = !kase.deflate || kase.sink !== 'stuck';
    this.#measure();
    this.log.push(['pending', this.pending, this.socket.destroyed]);
  }

  /** How long to wait for what may still come, in ms. */
  #patience() {
    const { destroyed, writableLength } = this.socket;
    const isOccupied = this.#isOccupied();
    // ws may never call back what was queued when the socket was gone.
    if (destroyed) return isOccupied && this.pending > 0 ? 100 : 0;
    if (isOccupied) return 5000;
    if (this.kase.sink === 'stuck') return 0;
    return this.pending > 0 || writableLength > 0 ? 5000 : 0;
  }
}

/** A socket that records what is written to it. */
const sinkOf = (Base) =>
  class extends Base {
    constructor({ sink, gathers }, bytes) {
      super();
      this.kind = sink;
      this.bytes = bytes;
      if (!gathers) this._writev = null;
    }

    _read() {}

    write(chunk, encoding, cb) {
      if (this.writable) this.bytes.push(Buffer.from(chunk));
      // A net.Socket counts a text that waits in UTF-16 units, others in bytes.
      return super.write(Buffer.from(chunk), encoding, cb);
    }

    _write(chunk, encoding, cb) {
      this.#answer(cb);
    }

    _writev(chunks, cb) {
      this.#answer(cb);
    }

    _destroy(err, cb) {
      // As the stream answers the writes after it: which one is under way depends on how frames are grouped.
      const message = 'Cannot call write after a stream was destroyed';
      const code = 'ERR_STREAM_DESTROYED';
      this.held?.(err ?? Object.assign(new Error(message), { code }));
      cb(err);
    }

    #answer(cb) {
      if (this.kind === 'sync') {
        cb();
      } else {
        this.held = (err) => {
          this.held = undefined;
          cb(err);
        };
        if (this.kind === 'slow') setImmediate(() => this.held?.());
      }
    }
  };

const StreamSink = sinkOf(Duplex);
const SocketSink = sinkOf(Socket);

const TURNS = {
  microtask: () => Promise.resolve(),
  tick: () => new Promise((resolve) => process.nextTick(resolve)),
  immediate: () => new Promise(setImmediate)
};

/** Masking keys by seed; zero now and then, which is no masking. */
function makeKeys(seed) {
  const random = new Random(seed, 5);
  return (key) => {
    const isZero = random.chance(0.1);
    for (let i = 0; i < 4; i++) key[i] = isZero ? 0 : random.u32();
  };
}

/** A frame as engine.io makes them in advance: one buffer, or two. */
function makeFrame({ parts, seed }) {
  const random = new Random(seed, 6);
  return Array.from({ length: parts }, () =>
    random.bytes(random.between(1, 60))
  );
}

function describe(err) {
  if (!(err instanceof Error)) return err;
  return {
    class: err.constructor.name,
    code: err.code,
    message: err.message,
    keys: Reflect.ownKeys(err).map(String)
  };
}
