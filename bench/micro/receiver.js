'use strict';

// Nanoseconds that a Receiver takes for one chunk, with no socket around it.
// Prints one line of JSON. Fine to run by hand, under any node and any profiler:
//   node --cpu-prof bench/micro/receiver.js framewright 100x16

const { encodeFrame, maskingKey, text } = require('./frames');
const { runCell, stopwatch, ticked } = require('./timing');

const KIB = 1024;
const TEXT = 1;

// `chunkLen` cuts the frames into chunks of so many bytes.
const CELLS = {
  '1x16': { frames: 1, payloadLen: 16 },
  '1x125': { frames: 1, payloadLen: 125 },
  '1x1KiB': { frames: 1, payloadLen: KIB },
  '100x16': { frames: 100, payloadLen: 16 },
  '400x125': { frames: 400, payloadLen: 125 },
  '1MiB/64KiB': { frames: 1, payloadLen: KIB * KIB, chunkLen: 64 * KIB }
};

// Chunks written between two turns of the event loop: enough that reading the
// clock costs nothing, few enough that they stay in the cache as fresh ones do.
const POOL_LEN = 256 * KIB;
const POOL_CHUNKS = 512;

/** The chunks of one pass, written again and again: a receiver unmasks them in place. */
class Pool {
  constructor({ frames, payloadLen, chunkLen }) {
    const wireLen = encodeFrame(
      TEXT,
      Buffer.alloc(payloadLen),
      maskingKey(0)
    ).length;
    const repeats = Math.max(
      1,
      Math.min(POOL_CHUNKS, Math.floor(POOL_LEN / (frames * wireLen)))
    );
    this.payloads = [];
    this.masters = [];
    for (let i = 0; i < repeats; i++) {
      const wire = [];
      for (let j = 0; j < frames; j++) {
        const seed = this.payloads.length;
        const payload = text(payloadLen, seed);
        this.payloads.push(payload);
        wire.push(encodeFrame(TEXT, payload, maskingKey(seed)));
      }
      const bytes = Buffer.concat(wire);
      const step = chunkLen ?? bytes.length;
      for (let at = 0; at < bytes.length; at += step) {
        this.masters.push(bytes.subarray(at, at + step));
      }
    }
    // What the figure is per: a chunk, or a message where it takes many chunks.
    this.units = repeats;
    // As a socket gives them: each chunk has an ArrayBuffer of its own.
    this.chunks = this.masters.map((master) =>
      Buffer.from(new ArrayBuffer(master.length))
    );
  }

  refill() {
    for (let i = 0; i < this.chunks.length; i++) {
      this.chunks[i].set(this.masters[i]);
    }
  }
}

class Bench {
  constructor(ws, cell) {
    this.pool = new Pool(cell);
    this.units = this.pool.units;
    this.bytesPerPass = cell.payloadLen * this.pool.payloads.length;
    this.verify = true;
    this.messages = 0;
    this.bytes = 0;
    // The options that ws's server gives it.
    this.receiver = new ws.Receiver({
      allowSynchronousEvents: true,
      binaryType: 'nodebuffer',
      extensions: {},
      isServer: true,
      maxBufferedChunks: 256 * KIB,
      maxFragments: 16 * KIB,
      maxPayload: 100 * KIB * KIB,
      skipUTF8Validation: false
    });
    this.receiver.on('message', (data, isBinary) => {
      if (this.verify || isBinary) this.check(data, isBinary);
      this.messages++;
      this.bytes += data.length;
    });
    this.receiver.on('error', (err) => {
      throw err;
    });
  }

  check(data, isBinary) {
    const expected = this.pool.payloads[this.messages];
    if (isBinary || !expected || !expected.equals(data)) {
      throw new Error(`message ${this.messages} is wrong`);
    }
  }

  /** Writes every chunk once; returns what it took, deferred ticks included. */
  async pass(verify) {
    const { receiver } = this;
    const { chunks, payloads } = this.pool;
    this.pool.refill();
    this.verify = verify;
    this.messages = this.bytes = 0;
    const stop = stopwatch();
    for (let i = 0; i < chunks.length; i++) receiver.write(chunks[i]);
    await ticked();
    const taken = stop();
    if (this.messages !== payloads.length || this.bytes !== this.bytesPerPass) {
      throw new Error(
        `${this.messages} messages of ${this.bytes} bytes arrived, not ` +
          `${payloads.length} of ${this.bytesPerPass}`
      );
    }
    return taken;
  }
}

runCell('receiver', CELLS, (ws, cell) => new Bench(ws, cell));
