'use strict';

const backend = require('../backend/backend');
const { COMPRESSED, ENDS_MESSAGE, IS_TEXT } = require('./event-table');

/** At most so much of a message's text is reported, in bytes: its end. */
const MAX_TEXT_LENGTH = 1024 * 1024;

/** A frame of which more than this has arrived isn't reported, in bytes. */
const MAX_FRAME_LENGTH = 8 * 1024 * 1024;

/**
 * How far a receiver is in the bytes it was given.
 *
 * @param {Delivery} delivery Its delivery
 * @return {({message: (Object|null), frame: Buffer, queued:
 *     (Buffer|null)}|null)} `message`: the whole frames of a message so far,
 *     with their `text` or its end, `isCut` where that isn't all of it,
 *     `isText` and `isCompressed`; `frame`: the bytes of a frame so far, as on
 *     the wire; `queued`: a chunk that waits. `null` where that can't be said
 *     now
 */
function progressOf({ chunk, isFailed, queued, reception }) {
  const { assembly, decoder } = reception;

  if (
    chunk !== null ||
    isFailed ||
    decoder.id === -1 ||
    assembly?.length > MAX_FRAME_LENGTH
  ) {
    return null;
  }

  const header = backend.frameUnderWay(decoder.id);

  return {
    message: messageOf(reception),
    frame:
      assembly === null
        ? header
        : masked(header, assembly.buffer.subarray(0, assembly.length)),
    queued: queued === null ? null : queued.chunk
  };
}

function messageOf({ flags, fragments }) {
  // Whole messages in whole frames don't change the flags.
  if (flags === 0 || (flags & ENDS_MESSAGE) !== 0) return null;

  const parts = [];
  let length = 0;

  for (let i = fragments.length; i > 0 && length < MAX_TEXT_LENGTH; i--) {
    length += fragments[i - 1].length;
    parts.unshift(fragments[i - 1]);
  }

  return {
    isCompressed: (flags & COMPRESSED) !== 0,
    isCut: parts.length < fragments.length,
    isText: (flags & IS_TEXT) !== 0,
    text: Buffer.concat(parts, length)
  };
}

/** A frame so far, with the payload that the codec has unmasked. */
function masked(header, payload) {
  const frame = Buffer.alloc(header.length + payload.length);
  const isMasked = (header[1] & 0x80) !== 0;

  frame.set(header);

  if (isMasked) {
    backend.mask(
      payload,
      header.subarray(-4),
      frame,
      header.length,
      payload.length
    );
  } else {
    frame.set(payload, header.length);
  }

  return frame;
}

module.exports = progressOf;
