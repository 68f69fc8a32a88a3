'use strict';

// Nanoseconds that a client's Sender takes for one message: framing, masking,
// and the write into a TCP socket whose kernel takes everything at once. One send
// a tick, so nothing is gained by collecting.
//   node --cpu-prof bench/micro/sender.js framewright text-64

const { once } = require('node:events');
const net = require('node:net');
const { decodeFrames, encodeFrame, maskingKey, text } = require('./frames');
const { runCell, stopwatch, ticked } = require('./timing');

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

/**
 * A TCP connection of this process to itself. Only a real socket is measured as
 * an app's is: on any other, framewright writes exactly as ws does. Its far end
 * reads between passes, so the kernel's buffers take a pass at once.
 */
class Connection {
  /** @return {Promise<Connection>} One that is open */
  static async open() {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = net.connect({ ...server.address(), noDelay: true });
    const [[farEnd]] = await Promise.all([
      once(server, 'connection'),
      once(socket, 'connect')
    ]);
    server.close();
    // Neither keeps the process running.
    socket.unref();
    farEnd.unref();
    return new Connection(socket, farEnd);
  }

  constructor(socket, farEnd) {
    this.socket = socket;
    this.readLen = 0;
    this.kept = null;
    farEnd.on('data', (chunk) => {
      this.readLen += chunk.length;
      if (this.kept) this.kept.push(chunk);
    });
  }

  /** Resolves when the kernel has all that was written. */
  async taken() {
    while (this.socket.writableLength > 0) await once(this.socket, 'drain');
  }

  /** Resolves when the far end has read so many bytes since the last time. */
  async read(len) {
    while (this.readLen < len) await new Promise(setImmediate);
    // Should more have been written, it comes now.
    await new Promise(setImmediate);
    if (this.readLen !== len) {
      throw new Error(`${this.readLen} bytes were written, not ${len}`);
    }
    this.readLen = 0;
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
    this.ws = ws;
  }

  async open() {
    this.connection = await Connection.open();
    this.sender = new this.ws.Sender(this.connection.socket);
  }

  async pass(verify) {
    if (!this.connection) await this.open();
    const { connection, messages, sender, units } = this;
    const options = {
      binary: this.binary,
      compress: false,
      fin: true,
      mask: true
    };
    connection.kept = verify ? [] : null;
    const stop = stopwatch();
    for (let i = 0; i < units; i++) {
      sender.send(messages[i % MESSAGES], options);
      await undefined;
    }
    await ticked();
    await connection.taken();
    const taken = stop();
    await connection.read(this.bytesPerPass);
    if (verify) this.check(decodeFrames(Buffer.concat(connection.kept)));
    return taken;
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
