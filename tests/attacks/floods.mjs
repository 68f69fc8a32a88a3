// More of something than a peer ought to send.

import assert from 'node:assert/strict';

import { compress } from '../lib/compressed.mjs';
import { BINARY, CONTINUATION, PING, TEXT } from '../lib/frames.mjs';

const TOO_BIG = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
const TOO_MANY = 'WS_ERR_TOO_MANY_BUFFERED_PARTS';
const MIB = 1024 * 1024;
// Not the last of its message, so that it ends with the whole flush.
const COMPRESSED = Buffer.concat([
  compress(Buffer.from('x')),
  Buffer.from('0000ffff', 'hex')
]);
const MAX_FRAGMENTS = 16 * 1024;

export const floods = [
  ...[
    ['2^63', 2n ** 63n, 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH'],
    ['2^53', 2n ** 53n, 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH'],
    ['`maxPayload` + 1', BigInt(MIB) + 1n, TOO_BIG]
  ].map(([length, declaredLen, error]) => ({
    name: `a declared length of ${length}, then silence`,
    expected: '1009',
    mib: 16,
    async attack(attacked) {
      const peer = await attacked.connect();
      peer.send({ opcode: BINARY, lenBits: 64, declaredLen });
      await attacked.fails(peer, 1009, error);
    }
  })),
  {
    name: 'a declared length of 100 MiB and one byte, on 50 sockets',
    expected: 'held, no memory',
    mib: 48,
    async attack(attacked) {
      for (let i = 0; i < 50; i++) {
        const peer = await attacked.connect('large');
        const declaredLen = BigInt(100 * MIB);
        peer.send(
          { opcode: PING },
          { opcode: BINARY, lenBits: 64, declaredLen, payload: 'x' }
        );
        await peer.received(1);
      }
    }
  },
  ...[
    ['fragments of one byte, FIN never set', 'plain', 'x'],
    ['empty fragments, FIN never set', 'plain', ''],
    ['compressed fragments, FIN never set', 'deflate', COMPRESSED],
    ['empty compressed fragments, FIN never set', 'deflate', '']
  ].map(([name, server, payload]) => ({
    name: `20,000 ${name}`,
    expected: '1008',
    mib: 48,
    async attack(attacked) {
      const peer = await attacked.connect(server);
      const rsv = server === 'deflate' ? 4 : 0;
      peer.send(...fragments(payload, 20_000, rsv));
      await attacked.fails(peer, 1008, TOO_MANY);
    }
  })),
  {
    name: '16,382 fragments of one byte, on 50 sockets',
    expected: 'held, bounded',
    mib: 384,
    async attack(attacked) {
      const whole = fragments('x', MAX_FRAGMENTS - 2, 0);
      for (let i = 0; i < 50; i++) {
        const peer = await attacked.connect();
        peer.send(...whole, { opcode: PING });
        await peer.received(1);
      }
    }
  },
  {
    name: '300,000 chunks of one byte',
    expected: '1008',
    mib: 64,
    async attack(attacked) {
      const peer = await attacked.connect();
      // A binary message of 1 MiB, masked with zeros.
      const first = [0x82, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0];
      await attacked.call('drip', { id: peer.id, first, count: 300_000 });
      await attacked.fails(peer, 1008, TOO_MANY);
    }
  },
  ...bombs(),
  {
    name: '400,000 empty DEFLATE blocks in a message',
    expected: 'an empty message',
    mib: 64,
    async attack(attacked) {
      const peer = await attacked.connect('large');
      const block = Buffer.from('000000ffff', 'hex');
      const payload = Buffer.concat(Array(400_000).fill(block));
      peer.send({ rsv: 4, opcode: BINARY, payload });
      await peer.received(1);
      const record = await attacked.call('record', { id: peer.id });
      assert.equal(record.messages, 1);
      assert.equal(record.bytes, 0);
    }
  },
  {
    name: 'pings without end from a peer that never reads',
    expected: 'terminated',
    mib: 96,
    async attack(attacked) {
      const peer = await attacked.connect();
      const { socket } = peer;
      socket.pause();
      const pings = peer.encode(
        ...Array(500).fill({ opcode: PING, payload: 'x'.repeat(125) })
      );
      let isOpen = true;
      const closed = attacked.closed(peer).finally(() => (isOpen = false));
      while (isOpen && !socket.destroyed) {
        if (socket.write(pings)) await new Promise(setImmediate);
        else {
          const drained = new Promise((resolve) =>
            socket.once('drain', resolve)
          );
          await Promise.race([drained, closed]);
        }
      }
      assert.equal((await closed).close, 1006);
    }
  }
];

function* fragmentsOf(payload, count, rsv) {
  yield { fin: false, rsv, opcode: TEXT, payload };
  for (let i = 1; i < count; i++) {
    yield { fin: false, opcode: CONTINUATION, payload };
  }
}

function fragments(...args) {
  return [...fragmentsOf(...args)];
}

function bombs() {
  const bomb = compress(Buffer.alloc(64 * MIB));
  const edges = [0, 1, 7, 800, 1500, bomb.length];
  const fragmented = edges.slice(1).map((end, i) => ({
    fin: i === edges.length - 2,
    rsv: i === 0 ? 4 : 0,
    opcode: i === 0 ? BINARY : CONTINUATION,
    payload: bomb.subarray(edges[i], end)
  }));
  const fails = (name, frames) => ({
    name,
    expected: '1009',
    mib: 64,
    async attack(attacked) {
      const peer = await attacked.connect('deflate');
      peer.send(...frames);
      await attacked.fails(peer, 1009, TOO_BIG);
    }
  });

  return [
    fails('a DEFLATE bomb of 64 MiB', [
      { rsv: 4, opcode: BINARY, payload: bomb }
    ]),
    fails('a DEFLATE bomb cut into fragments', fragmented),
    {
      name: 'a DEFLATE bomb inside a DEFLATE bomb',
      expected: 'the inner one, as it is',
      mib: 32,
      async attack(attacked) {
        const peer = await attacked.connect('deflate');
        peer.send({ rsv: 4, opcode: BINARY, payload: compress(bomb) });
        await peer.received(1);
        const { bytes } = await attacked.call('record', { id: peer.id });
        assert.equal(bytes, bomb.length);
      }
    }
  ];
}
