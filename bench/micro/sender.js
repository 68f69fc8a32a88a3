'use strict';

// Nanoseconds that a client's Sender takes for one message: framing, masking,
// and the write into a socket that takes everything at once. One send a tick, so
// nothing is gained by collecting.
//   node --cpu-prof bench/micro/sender.js framewright text-64

const { Duplex } = require('node:stream');
const { decodeFrames, encodeFrame, maskingKey, text } = require('./frames');
const { runCell, ticked } = require('./timing');

const KIB = 1024;
const TEXT = 1;
const BINARY = 2;

const CELLS = {
  'text-64': { payloadLen: 64, sends: 1000 },
  'text-16KiB': { payloadLen: 16 * KIB, sends: 50 },
  'text-1MiB': { payloadLen: KIB * KIB, sends: 2 },
  'buffer-64': { payloadLen: 64, sends: 1000, binary: true },
  'buffer-16KiB': { payloadLen: 16 * KIB, sends: 50, binary: true },
  'buffer-1MiB': { payloadLen: KIB * KIB, sends: 2, binary: true }
};

const MESSAGES = 16;

/** A socket whose kernel always has room. */
class Sink extends Duplex {
  written = 0;
  kept = null;

  _read() {}

  _write(chunk, _, cb) {
    this.take(chunk);
    cb();
  }

  _writev(chunks, cb) {
    for (const { chunk } of chunks) this.take(chunk);
    cb();
  }

  take(chunk) {
    this.written += chunk.length;
    if (this.kept) this.kept.push(Buffer.from(chunk));
  }
}

class Bench {
  constructor(ws, { payloadLen, sends, binary = false }) {
    this.units = sends;
    this.binary = binary;
    this.payloads = Array.from({ length: MESSAGES }, (_, i) =>
      text(payloadLen, i)
    );
    this.messages = binary
      ? this.payloads
      : this.payloads.map((payload) => payload.toString());
    const frame = encodeFrame(TEXT, this.payloads[0], maskingKey(0));
    this.bytesPerPass = frame.length * sends;
    this.sink = new Sink();
    this.sender = new ws.Sender(this.sink);
  }

  async pass(verify) {
    const { messages, sender, sink, units } = this;
    const options = {
      binary: this.binary,
      compress: false,
      fin: true,
      mask: true
    };
    sink.written = 0;
    sink.kept = verify ? [] : null;
    const start = process.hrtime.bigint();
    for (let i = 0; i < units; i++) {
      sender.send(messages[i % MESSAGES], options);
      await undefined;
    }
    await ticked();
    const ns = Number(process.hrtime.bigint() - start);
    if (sink.written !== this.bytesPerPass) {
      throw new Error(
        `${sink.written} bytes were written, not ${this.bytesPerPass}`
      );
    }
    if (verify) this.check(decodeFrames(Buffer.concat(sink.kept)));
    return ns;
  }

  check(frames) {
    const opcode = this.binary ? BINARY : TEXT;
    frames.forEach((frame, i) => {
      if (
        !frame.fin ||
        !frame.masked ||
        frame.opcode !== opcode ||
        !frame.payload.equals(this.payloads[i % MESSAGES])
      ) {
        throw new Error(`frame ${i} is wrong`);
      }
    });
    if (frames.length !== this.units) {
      throw new Error(`${frames.length} frames, not ${this.units}`);
    }
  }
}

runCell('sender', CELLS, (ws, cell) => new Bench(ws, cell));
