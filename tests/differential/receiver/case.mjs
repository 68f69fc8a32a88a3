// Makes random receiver cases: mostly long-lived valid streams, most of which break at some point.

import { someSequence } from '../../lib/compressed.mjs';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  FrameWriter,
  PING,
  PONG,
  TEXT,
  closeBody
} from '../../lib/frames.mjs';
import { someBytes } from '../../lib/noise.mjs';
import { Random } from '../../lib/random.mjs';
import { BAD_UTF8, someText, spoilText } from '../../lib/texts.mjs';
import { isAtLeast } from '../../lib/ws-copies.mjs';

import { breakStream } from './faults.mjs';

const writer = new FrameWriter();

/**
 * @typedef {object} ReceiverCase
 * @property {number} seed
 * @property {string} version Of ws
 * @property {object} options The options of the Receiver, but `extensions`
 * @property {object | null} deflate The negotiated parameters of permessage-deflate
 * @property {Buffer} bytes The whole stream
 * @property {number[]} ends Where each frame of it ends
 * @property {number[]} cuts Where it is cut into chunks
 * @property {boolean} callbacks Whether to ask for a callback for each chunk, and heed what `write()` returns
 * @property {'all' | 'drain' | 'paced'} [feed] With callbacks, whether to wait for nothing, for 'drain', for each one
 * @property {boolean} ownChunks Whether each chunk has an ArrayBuffer of its own
 * @property {boolean} keepWriting Whether to go on after a close frame or an error
 * @property {boolean} end Whether to end the receiver after the stream
 * @property {object[]} actions What handlers do, `{ at, name, ... }`, `at` counting their calls
 * @property {ReceiverCase} [partner] The receiver that a handler writes into
 */

/**
 * The case of a seed: the same one on every machine.
 *
 * @param {number} seed
 * @param {string} version Of ws: older ones lack options
 * @returns {ReceiverCase}
 */
export function makeReceiverCase(seed, version) {
  return makeCase(new Random(seed, 1), seed, version, true);
}

function makeCase(random, seed, version, mayHavePartner) {
  const deflate = random.chance(0.03) ? someParams(random) : null;
  const options = someOptions(random, version);
  const stream = new Stream(random, options, deflate);
  const { bytes, ends } = stream.make();
  const kase = {
    seed,
    version,
    options,
    deflate,
    bytes,
    ends,
    cuts: someCuts(random, bytes.length, ends),
    ownChunks: random.chance(0.1),
    callbacks: random.chance(0.4),
    keepWriting: !deflate && random.chance(0.15),
    end: random.chance(0.5),
    actions: random.chance(0.15) ? someActions(random, deflate) : []
  };
  if (kase.callbacks) {
    kase.feed = random.weighted([
      [6, 'all'],
      [3, 'drain'],
      [1, 'paced']
    ]);
  }
  if (mayHavePartner && kase.actions.some(({ name }) => name === 'partner')) {
    kase.partner = makeCase(random, seed, version, false);
  }
  return kase;
}

function someOptions(random, version) {
  const options = {
    isServer: random.chance(0.5),
    binaryType: random.weighted([
      [8, 'nodebuffer'],
      [2, 'arraybuffer'],
      [2, 'fragments'],
      [isAtLeast(version, '8.18') ? 0.4 : 0, 'blob']
    ])
  };
  if (random.chance(0.6)) {
    options.maxPayload = random.weighted([
      [4, 104857600],
      [1, random.between(1, 8)],
      [2, random.pick([124, 125, 126, 127, 128])],
      [4, random.between(100, 5000)],
      [1, random.pick([65535, 65536, 65537])]
    ]);
  }
  if (random.chance(0.1)) options.skipUTF8Validation = true;
  if (isAtLeast(version, '8.16') && random.chance(0.15)) {
    options.allowSynchronousEvents = random.chance(0.3);
  }
  if (isAtLeast(version, '8.21')) {
    if (random.chance(0.35)) {
      options.maxFragments = random.weighted([
        [2, 16384],
        [3, random.between(1, 6)]
      ]);
    }
    if (random.chance(0.3)) {
      options.maxBufferedChunks = random.weighted([
        [2, 262144],
        [3, random.between(1, 8)]
      ]);
    }
  }
  return options;
}

function someParams(random) {
  const params = {};
  for (const end of ['client', 'server']) {
    if (random.chance(0.25)) params[`${end}_no_context_takeover`] = true;
    if (random.chance(0.2)) {
      params[`${end}_max_window_bits`] = random.between(9, 15);
    }
  }
  return params;
}

/** Cuts at random, at the edges of frames, in one place, everywhere, or nowhere. */
function someCuts(random, len, ends) {
  if (len < 2) return [];
  const how = random.weighted([
    [20, 'nowhere'],
    [10, 'frames'],
    [12, 'once'],
    [45, 'random'],
    [10, 'near frames'],
    [len <= 600 ? 3 : 0, 'everywhere']
  ]);
  if (how === 'nowhere') return [];
  if (how === 'once') return [random.between(1, len - 1)];
  if (how === 'frames') return ends.filter((end) => end > 0 && end < len);
  if (how === 'everywhere')
    return Array.from({ length: len - 1 }, (_, i) => i + 1);
  const cuts = new Set();
  if (how === 'near frames') {
    for (const end of ends) {
      if (random.chance(0.4)) cuts.add(end + random.between(-3, 14));
    }
  } else {
    for (let n = random.between(1, 12); n > 0; n--) cuts.add(random.below(len));
  }
  const list = [...cuts].filter((cut) => cut > 0 && cut < len);
  // An empty chunk now and then.
  if (list.length > 0 && random.chance(0.02)) list.push(random.pick(list));
  return list.sort((a, b) => a - b);
}

function someActions(random, deflate) {
  const actions = [];
  for (let n = random.between(1, 3); n > 0; n--) {
    const name = random.weighted([
      [4, 'binaryType'],
      [3, 'partner'],
      [2, 'write'],
      // Ended inside a handler, with bytes still to inflate: nothing in ws does that.
      [deflate ? 0 : 1, 'end'],
      [1, 'removeListeners']
    ]);
    const action = { at: random.below(6), name };
    if (name === 'binaryType') {
      action.value = random.pick(['nodebuffer', 'arraybuffer', 'fragments']);
    }
    actions.push(action);
  }
  return actions;
}

/** Writes one stream, keeping to its limits until it means to break them. */
class Stream {
  constructor(random, options, deflate) {
    this.random = random;
    this.isServer = options.isServer;
    this.deflate = deflate;
    this.maxPayload = options.maxPayload || 1 << 20;
    this.maxFragments = options.maxFragments || 8;
    this.sequence = deflate ? [...someSequence(random)] : [];
    this.writer = writer;
  }

  make() {
    const { random } = this;
    const count = random.weighted([
      [1, 0],
      [2, 1],
      [6, random.between(2, 8)],
      [4, random.between(8, 24)]
    ]);
    for (let i = 0; i < count; i++) this.unit();
    const ending = random.weighted([
      [3, 'none'],
      [2, 'close'],
      [6, 'fault'],
      [1, 'flip'],
      [1, 'truncate']
    ]);
    if (ending === 'close') this.close();
    if (ending === 'fault') breakStream(this);
    if (ending !== 'none' && random.chance(0.5)) {
      for (let i = random.below(4); i > 0; i--) this.unit();
    }
    const stream = writer.take();
    if (stream.bytes.length > 0) {
      if (ending === 'flip') {
        const at = random.below(stream.bytes.length);
        stream.bytes[at] ^= 1 << random.below(8);
      } else if (ending === 'truncate') {
        stream.bytes = stream.bytes.subarray(
          0,
          random.below(stream.bytes.length)
        );
      }
    }
    return stream;
  }

  /** A message or a control frame. */
  unit() {
    const { random } = this;
    if (random.chance(0.25)) {
      this.control();
    } else if (this.sequence.length > 0 && random.chance(0.7)) {
      const { opcode, compressed } = this.sequence.shift();
      this.message(opcode, compressed, 4);
    } else if (random.chance(0.5)) {
      this.message(TEXT, someText(random, this.len()));
    } else {
      this.message(BINARY, this.noise(this.len()));
    }
  }

  /** A message in one frame or several, control frames between them. */
  message(opcode, payload, rsv = 0) {
    const { random } = this;
    const count = random.chance(0.7)
      ? 1
      : random.between(1, Math.min(6, this.maxFragments));
    const cuts = Array.from({ length: count - 1 }, () =>
      random.below(payload.length + 1)
    ).sort((a, b) => a - b);
    let start = 0;
    for (let i = 0; i < count; i++) {
      const fin = i === count - 1;
      const end = fin ? payload.length : cuts[i];
      this.frame({
        fin,
        rsv: i === 0 ? rsv : 0,
        opcode: i === 0 ? opcode : CONTINUATION,
        payload: payload.subarray(start, end)
      });
      start = end;
      if (!fin && random.chance(0.25)) this.control();
    }
  }

  control() {
    const { random } = this;
    const len = random.chance(0.5)
      ? random.below(8)
      : random.pick([0, 1, 124, 125, random.below(126)]);
    this.frame({
      opcode: random.chance(0.5) ? PING : PONG,
      payload: this.noise(len)
    });
  }

  /** A close frame, right or wrong. */
  close() {
    const { random } = this;
    const code = random.weighted([
      [6, random.pick([1000, 1001, 1002, 1003, 1007, 1011, 1014])],
      [3, random.pick([3000, 3999, 4000, 4999])],
      [3, random.pick([0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000])],
      [1, random.below(65536)]
    ]);
    const payload = random.weighted([
      [3, Buffer.alloc(0)],
      [1, this.noise(1)],
      [4, closeBody(code)],
      [4, closeBody(code, someText(random, random.below(60)))],
      [1, closeBody(code, this.noise(123))],
      [1, closeBody(code, Buffer.alloc(123, 'z'))],
      [2, closeBody(code, spoilText(random, someText(random, 20)))],
      [2, closeBody(code, random.pick(BAD_UTF8).bytes)]
    ]);
    this.frame({ opcode: CLOSE, payload });
  }

  /** Writes a frame, masked as the role wants it unless told. */
  frame(frame) {
    const { random } = this;
    if (!('maskingKey' in frame) && this.isServer) {
      frame.maskingKey = this.maskingKey();
    }
    if (!frame.lenBits && frame.payload && !(frame.opcode & 8)) {
      // Longer forms than needed are against §5.2, and yet taken.
      const longer = random.weighted([
        [94, undefined],
        [3, frame.payload.length < 65536 ? 16 : 64],
        [3, 64]
      ]);
      if (longer) frame.lenBits = longer;
    }
    writer.frame(frame);
  }

  maskingKey() {
    if (this.random.chance(0.05)) return Buffer.alloc(4);
    return someBytes(this.random, 4);
  }

  noise(len) {
    return someBytes(this.random, len);
  }

  /** A payload length, within the limit nearly always. */
  len() {
    const { random, maxPayload } = this;
    const len = random.weighted([
      [2, 0],
      [40, random.between(1, 40)],
      [8, random.pick([1, 23, 24, 31, 32, 63, 64, 65, 125, 126, 127, 128])],
      [10, random.between(40, 400)],
      [2, random.between(400, 5000)],
      [0.15, random.pick([16383, 16384, 16385, 65535, 65536, 70001])]
    ]);
    return random.chance(0.01) ? len : Math.min(len, maxPayload);
  }
}
