// What passes between sockets as packets of a capture: a relay that keeps it,
// and a writer of pcapng, which may lose packets and swap them.
import { once } from 'node:events';
import net from 'node:net';

const segmentLen = 1400;

// A TCP proxy that keeps what passes through, chunk by chunk.
export class Relay {
  connections = [];
  #server;

  async listen(targetPort) {
    this.#server = net.createServer((client) =>
      this.#relay(client, targetPort)
    );
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = this.#server.address().port;
    return this.port;
  }

  async close() {
    this.#server.close();
    await once(this.#server, 'close');
  }

  #relay(client, targetPort) {
    const target = net.connect(targetPort, '127.0.0.1');
    const events = [];

    this.connections.push({ clientPort: client.remotePort, events });
    const pipe = (from, to, toServer) => {
      from.on('data', (data) => {
        events.push({ toServer, data });
        to.write(data);
      });
      from.on('end', () => {
        events.push({ toServer, end: true });
        to.end();
      });
      from.on('error', () => to.destroy());
    };

    pipe(client, target, true);
    pipe(target, client, false);
  }
}

// The TCP segments of a connection: `{ toServer, seq, ack, flags, data }`.
export function segments({ events }) {
  const next = { true: 1, false: 1 };
  const list = [
    { toServer: true, seq: 0, ack: 0, flags: 2, data: Buffer.alloc(0) },
    { toServer: false, seq: 0, ack: 1, flags: 18, data: Buffer.alloc(0) },
    { toServer: true, seq: 1, ack: 1, flags: 16, data: Buffer.alloc(0) }
  ];

  for (const { toServer, data = Buffer.alloc(0), end } of events) {
    let at = 0;

    do {
      const part = data.subarray(at, at + segmentLen);

      list.push({
        toServer,
        seq: next[toServer],
        ack: next[!toServer],
        flags: end ? 17 : 24,
        data: part
      });
      next[toServer] += part.length + (end ? 1 : 0);
      at += segmentLen;
    } while (at < data.length);
  }
  return list;
}

// A segment in IPv4 in Ethernet, its checksums left out.
export function packet({ toServer, seq, ack, flags, data }, clientPort, port) {
  const head = Buffer.alloc(54);

  head.writeUInt16BE(0x0800, 12);
  head[14] = 0x45;
  head.writeUInt16BE(40 + data.length, 16);
  head[22] = 64;
  head[23] = 6;
  head.set(toServer ? [10, 0, 0, 1] : [10, 0, 0, 2], 26);
  head.set(toServer ? [10, 0, 0, 2] : [10, 0, 0, 1], 30);
  head.writeUInt16BE(toServer ? clientPort : port, 34);
  head.writeUInt16BE(toServer ? port : clientPort, 36);
  head.writeUInt32BE(seq >>> 0, 38);
  head.writeUInt32BE(ack >>> 0, 42);
  head[46] = 0x50;
  head[47] = flags;
  head.writeUInt16BE(65535, 48);
  return Buffer.concat([head, data]);
}

// When the packet with this index was captured, in nanoseconds.
export const timeNs = (index) =>
  1_700_000_000_000_000_000n + BigInt(index) * 1_000_000n;

// A pcapng file of packets, a millisecond apart, and before them the secrets.
// In place of a packet that was lost is `null`.
export function pcapng(packets, { secrets = '', linkType = 1 } = {}) {
  const blocks = [
    block(0x0a0d0d0a, Buffer.from('4d3c2b1a01000000ffffffffffffffff', 'hex')),
    block(1, u32(linkType, 0))
  ];

  if (secrets) {
    blocks.push(
      block(
        10,
        Buffer.concat([u32(0x544c534b, secrets.length), Buffer.from(secrets)])
      )
    );
  }
  packets.forEach((data, index) => {
    if (data === null) return;
    // In microseconds.
    const time = timeNs(index) / 1000n;
    const [high, low] = [time >> 32n, time & 0xffffffffn].map(Number);

    blocks.push(
      block(
        6,
        Buffer.concat([u32(0, high, low, data.length, data.length), data])
      )
    );
  });
  return Buffer.concat(blocks);
}

function u32(...numbers) {
  const bytes = Buffer.alloc(4 * numbers.length);

  numbers.forEach((number, index) => bytes.writeUInt32LE(number, 4 * index));
  return bytes;
}

function block(type, body) {
  const padding = Buffer.alloc(-body.length & 3);
  const len = 12 + body.length + padding.length;

  return Buffer.concat([u32(type, len), body, padding, u32(len)]);
}
