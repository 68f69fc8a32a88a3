import zlib from 'node:zlib';

import { decodeFrames } from './decode-frames.mjs';

const TRAILER = Buffer.from([0x00, 0x00, 0xff, 0xff]);
const WINDOW_LEN = 32768;

/**
 * Reads what a sender put on the wire where compression was negotiated: every frame's first byte and whether it
 * was masked, and payloads inflated, so that two compressors can be compared.
 *
 * @param {Buffer} bytes
 * @param {boolean} contextTakeover Whether messages refer to those before
 * @returns {object[]} Frames in order, the last one of a message with its whole `payload`
 */
export function decodeMessages(bytes, contextTakeover) {
  const decoded = [];
  let history = Buffer.alloc(0);
  let message = null;
  for (const frame of decodeFrames(bytes)) {
    if (frame.rest) {
      decoded.push(frame);
      break;
    }
    const { first, masked, payload } = frame;
    if (first & 0x08) {
      decoded.push({ first, masked, payload });
      continue;
    }
    message ??= { isCompressed: (first & 0x40) !== 0, parts: [] };
    message.parts.push(payload);
    if (!(first & 0x80)) {
      decoded.push({ first, masked });
      continue;
    }
    let text = Buffer.concat(message.parts);
    if (message.isCompressed) {
      text = inflate(text, history);
      if (contextTakeover) {
        history = Buffer.concat([history, text]).subarray(-WINDOW_LEN);
      }
    }
    decoded.push({ first, masked, payload: text });
    message = null;
  }
  return decoded;
}

function inflate(compressed, history) {
  try {
    return zlib.inflateRawSync(Buffer.concat([compressed, TRAILER]), {
      finishFlush: zlib.constants.Z_SYNC_FLUSH,
      ...(history.length > 0 && { dictionary: history })
    });
  } catch (err) {
    return Buffer.from(`broken: ${err.message}`);
  }
}
