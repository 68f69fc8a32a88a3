// Messages compressed as permessage-deflate does (RFC 7692 §7.2.1), made once and used over and over.

import zlib from 'node:zlib';

import { BINARY, TEXT } from './frames.mjs';
import { Random } from './random.mjs';
import { someText, spoilText } from './texts.mjs';

const WINDOW_LEN = 32768;

/**
 * Compresses one message: raw DEFLATE, flushed, without the trailing 00 00 ff ff.
 *
 * @param {Buffer} payload
 * @param {Buffer} [history] What the same context compressed before
 * @param {zlib.ZlibOptions} [options]
 */
export function compress(payload, history, options) {
  const dictionary = history?.subarray(-WINDOW_LEN);
  const bytes = zlib.deflateRawSync(payload, {
    memLevel: 5,
    finishFlush: zlib.constants.Z_SYNC_FLUSH,
    ...(dictionary?.length > 0 && { dictionary }),
    ...options
  });
  return options?.finishFlush === zlib.constants.Z_FINISH
    ? bytes
    : bytes.subarray(0, -4);
}

let sequences;

/** A list of `{ opcode, compressed }`, to be sent in order on a fresh connection. */
export function someSequence(random) {
  sequences ??= makeSequences();
  return random.pick(sequences);
}

function makeSequences() {
  const random = new Random(7692);
  return Array.from({ length: 96 }, () => makeSequence(random));
}

function makeSequence(random) {
  const takeover = random.chance(0.7);
  const messages = [];
  let history = Buffer.alloc(0);
  for (let count = random.between(1, 5); count > 0; count--) {
    const opcode = random.chance(0.6) ? TEXT : BINARY;
    let payload = makePayload(random, opcode);
    if (opcode === TEXT && random.chance(0.05)) {
      payload = spoilText(random, payload);
    }
    const compressed = compress(
      payload,
      takeover ? history : undefined,
      someOptions(random)
    );
    messages.push({ opcode, compressed });
    history = Buffer.concat([history, payload]).subarray(-WINDOW_LEN);
  }
  return messages;
}

function makePayload(random, opcode) {
  const len = random.weighted([
    [2, 0],
    [6, random.between(1, 60)],
    [4, random.between(60, 1500)],
    [1, random.between(1500, 40000)]
  ]);
  if (opcode === TEXT) return someText(random, len);
  return random.chance(0.5)
    ? random.bytes(len)
    : Buffer.alloc(len * (random.chance(0.05) ? 8 : 1), 'framewright ');
}

/** Every kind of DEFLATE block: stored, fixed and dynamic codes, flushed, and final ones (§7.2.3.4). */
function someOptions(random) {
  const { constants } = zlib;
  return random.weighted([
    [8, undefined],
    [2, { level: 0 }],
    [2, { strategy: constants.Z_FIXED }],
    [1, { strategy: constants.Z_HUFFMAN_ONLY }],
    [1, { windowBits: 9 }],
    [1, { finishFlush: constants.Z_FULL_FLUSH }],
    [0.3, { finishFlush: constants.Z_FINISH }]
  ]);
}
