// Connections with compression that are in the middle of anything: of a frame, of a message, of a DEFLATE block.

import net from 'node:net';
import zlib from 'node:zlib';

import { frame, BINARY, CONTINUATION, TEXT } from '../../lib/frames.mjs';
import { HOST, RawClient } from './watch.mjs';

const WORDS = 'bid ask lot item price auction user time closed open'.split(' ');
const EXTENSION = 'permessage-deflate';

/** Text that repeats what was before, of any length up to 200 kB. */
export function someText(random, index) {
  const length =
    random.below(12) === 0 ? random.below(20_000) : random.below(40);
  const words = Array.from({ length }, () => WORDS[random.below(WORDS.length)]);
  return JSON.stringify({ index, words, noise: random.u32() });
}

/** Cuts bytes into a few pieces. */
export function cut(bytes, random) {
  const pieces = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + random.below(Math.max(8, bytes.length / 2));
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

/** Forwards to a port; what clients send arrives in pieces, with time between. */
export function cuttingRelay(t, port, random) {
  const sockets = new Set();
  const relay = net.createServer((client) => {
    const server = net.connect(port, HOST);
    sockets.add(client).add(server);
    client.on('error', () => {});
    server.on('error', () => {});
    client.on('data', async (bytes) => {
      client.pause();
      for (const piece of cut(bytes, random)) {
        server.write(piece);
        await new Promise((resolve) => setTimeout(resolve, random.below(3)));
      }
      client.resume();
    });
    server.pipe(client);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    relay.close();
  });
  return new Promise((resolve) => {
    relay.listen(0, HOST, () => resolve(relay.address().port));
  });
}

/**
 * A client as Chromium is one: a message is compressed as a whole, and its frames
 * end wherever they do, most often inside a block.
 */
export class CuttingClient {
  #deflate = zlib.createDeflateRaw();
  #random;
  sent = [];

  static async open(port, path, random) {
    const headers = { 'Sec-WebSocket-Extensions': EXTENSION };
    const client = new CuttingClient();
    client.#random = random;
    client.raw = await RawClient.open(port, path, { headers });
    return client;
  }

  async send(text, isBinary = false) {
    const random = this.#random;
    const payload = await this.#compress(text);
    const pieces = random.below(3) === 0 ? [payload] : cut(payload, random);
    const frames = pieces.map((piece, index) =>
      frame({
        fin: index === pieces.length - 1,
        rsv: index === 0 ? 4 : 0,
        opcode: index > 0 ? CONTINUATION : isBinary ? BINARY : TEXT,
        payload: piece,
        maskingKey: Buffer.from([random.below(256), 1, 2, random.below(256)])
      })
    );
    this.sent.push(text);
    for (const piece of cut(Buffer.concat(frames), random)) {
      this.raw.write(piece);
      await new Promise((resolve) => setTimeout(resolve, random.below(3)));
    }
  }

  #compress(text) {
    const chunks = [];
    const keep = (chunk) => chunks.push(chunk);
    this.#deflate.on('data', keep);
    this.#deflate.write(text);
    return new Promise((resolve) => {
      this.#deflate.flush(zlib.constants.Z_SYNC_FLUSH, () => {
        this.#deflate.off('data', keep);
        resolve(Buffer.concat(chunks).subarray(0, -4));
      });
    });
  }
}
