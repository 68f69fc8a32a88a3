// Makes random sequences of calls on a Sender.

import { someBytes, someUtf16 } from '../../lib/noise.mjs';
import { Random } from '../../lib/random.mjs';
import { someText } from '../../lib/texts.mjs';
import { isAtLeast } from '../../lib/ws-copies.mjs';

/**
 * @typedef {object} SenderCase
 * @property {number} seed
 * @property {string} version Of ws
 * @property {boolean} mask Whether the endpoint is a client
 * @property {boolean} fixedKeys Whether `generateMask` is given, so that bytes can be compared masked
 * @property {object | null} deflate The negotiated parameters of permessage-deflate
 * @property {'sync' | 'slow' | 'stuck'} sink Whether the socket takes writes at once, later, or never
 * @property {boolean} gathers Whether the socket implements `_writev()`
 * @property {object[]} calls `{ name, ... }`, in order; 'turn' waits
 */

/** @returns {SenderCase} */
export function makeSenderCase(seed, version) {
  const random = new Random(seed, 2);
  const deflate = random.chance(0.04) ? someParams(random) : null;
  const mask = random.chance(0.5);
  const kase = {
    seed,
    version,
    mask,
    fixedKeys: !mask || random.chance(0.8),
    deflate,
    sink: random.weighted([
      [6, 'sync'],
      [2, 'slow'],
      [1, 'stuck']
    ]),
    gathers: random.chance(0.6),
    calls: []
  };
  const count = random.weighted([
    [1, 1],
    [4, random.between(2, 6)],
    [4, random.between(6, 20)]
  ]);
  for (let i = 0; i < count; i++) kase.calls.push(someCall(random, kase));
  return kase;
}

/** Whether some call of the case is finished only later, by zlib or by a Blob. */
export function isAsynchronous({ calls }) {
  return calls.some(({ data, compress }) => compress || data?.kind === 'blob');
}

function someParams(random) {
  return random.chance(0.3)
    ? { server_no_context_takeover: true, client_no_context_takeover: true }
    : {};
}

function someCall(random, kase) {
  // Bytes of any kind can't be read, where frames have to be to be compared. And ws keeps frames that wait for
  // one being compressed; when that is done is not for the peer to know, nor what these find there.
  const rude = kase.fixedKeys && !kase.deflate ? 1 : 0;
  // How far a slow socket got by then depends on how frames are grouped.
  const abrupt = kase.sink === 'slow' || kase.deflate ? 0 : 1;
  const name = random.weighted([
    [12, 'send'],
    [2, 'ping'],
    [2, 'pong'],
    [0.6, 'close'],
    [4, 'turn'],
    [0.8 * rude, 'sendFrame'],
    [0.3 * rude, 'write'],
    [0.15 * abrupt, 'destroy'],
    [0.15 * abrupt, 'end']
  ]);
  const mask = random.chance(0.97) ? kase.mask : !kase.mask;
  const cb = random.chance(0.5);
  switch (name) {
    case 'send':
      return {
        name,
        data: someData(random, kase),
        binary: random.chance(0.5),
        compress: kase.deflate !== null && random.chance(0.4),
        fin: random.chance(0.85),
        mask,
        cb,
        // What the caller does to its memory after the call is its own affair.
        scribble: random.chance(0.2) && kase.sink === 'sync'
      };
    case 'ping':
    case 'pong': {
      const data = someData(random, kase);
      data.len = random.weighted([
        [8, data.len % 126],
        [1, 125],
        [1, 126]
      ]);
      return { name, data, mask, cb };
    }
    case 'close':
      return { name, ...someClose(random, kase), mask, cb };
    case 'turn':
      return { name, kind: random.pick(['microtask', 'tick', 'immediate']) };
    case 'sendFrame':
      return { name, parts: random.between(1, 2), cb, seed: random.u32() };
    case 'write':
      return { name, len: random.between(1, 40), seed: random.u32() };
    default:
      return { name };
  }
}

function someData(random, kase) {
  const kind = random.weighted([
    [10, 'text'],
    [2, 'utf16'],
    [2, 'dense'],
    [8, 'buffer'],
    [2, 'uint8'],
    [1, 'float32'],
    [1, 'dataview'],
    [2, 'arraybuffer'],
    [0.5, 'shared'],
    [isAtLeast(kase.version, '8.18') ? 0.5 : 0, 'blob'],
    [0.5, 'array'],
    [0.2, 'number'],
    [0.2, 'null'],
    [0.2, 'undefined'],
    [0.2, 'object']
  ]);
  const len = random.weighted([
    [3, 0],
    [20, random.between(1, 30)],
    [
      8,
      random.pick([21, 31, 32, 41, 42, 43, 47, 48, 49, 124, 125, 126, 127, 128])
    ],
    [8, random.between(30, 600)],
    [1, random.between(600, 9000)],
    [0.3, random.pick([21845, 21846, 32767, 32768, 32769, 65535, 65536, 70000])]
  ]);
  return { kind, len, seed: random.u32() };
}

function someClose(random, kase) {
  const code = random.weighted([
    [2, undefined],
    [6, random.pick([1000, 1001, 1011, 1014, 3000, 4999])],
    [2, random.pick([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, -1, 1e9])],
    [1, random.pick(['1000', null, NaN, {}, 1000.5])]
  ]);
  const kinds = [
    [3, 'undefined'],
    [4, 'text'],
    [1, 'utf16'],
    [3, 'buffer'],
    [1, 'uint8']
  ];
  if (isAtLeast(kase.version, '8.20')) {
    // Before, what these put on the wire was whatever the memory held.
    kinds.push([0.5, 'float32'], [0.5, 'arraybuffer'], [0.5, 'array']);
  }
  const len = random.weighted([
    [1, 0],
    [6, random.between(1, 40)],
    [2, random.between(118, 128)]
  ]);
  const data = { kind: random.weighted(kinds), len, seed: random.u32() };
  return { code, data };
}

/** Makes the data that a call describes; fresh memory each time. */
export function makeData({ kind, len, seed }) {
  const random = new Random(seed, 3);
  switch (kind) {
    case 'text':
      return someText(random, len).toString();
    case 'utf16':
      return someUtf16(random, len);
    case 'dense':
      // One, two, three bytes a UTF-16 unit, or four for two.
      return random.pick(['e', 'é', '€', '\ud83d', '🙂']).repeat(len);
    case 'buffer':
      return Buffer.from(someBytes(random, len));
    case 'uint8': {
      const bytes = Buffer.from(someBytes(random, len + 3));
      return new Uint8Array(bytes.buffer, bytes.byteOffset + 3, len);
    }
    case 'float32': {
      const values = new Float32Array(len >> 2);
      for (let i = 0; i < values.length; i++) values[i] = random.below(1000);
      return values;
    }
    case 'dataview': {
      const bytes = Buffer.from(someBytes(random, len + 5));
      return new DataView(bytes.buffer, bytes.byteOffset + 1, len);
    }
    case 'arraybuffer':
      return new Uint8Array(someBytes(random, len)).buffer;
    case 'shared': {
      const shared = new SharedArrayBuffer(len);
      new Uint8Array(shared).set(someBytes(random, len));
      return shared;
    }
    case 'blob':
      return new Blob([someBytes(random, len)]);
    case 'array':
      return [...someBytes(random, len % 200)];
    case 'number':
      return len;
    case 'null':
      return null;
    case 'object':
      return { some: 'object' };
    default:
      return undefined;
  }
}
