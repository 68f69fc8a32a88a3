'use strict';

const { turn } = require('./turn');

/** Frames longer than this, in bytes, are written as they are, not copied. */
const COPY_LIMIT = 32 * 1024;

/**
 * Frames longer than this, in bytes, are not copied for a socket that can't
 * take more: a message to many would be in memory as often. Copying a shorter
 * one costs less than the stream's own record of a write.
 */
const BEHIND_COPY_LIMIT = 256;

/**
 * Outside of handlers, Buffers longer than this, in bytes, are not copied: they
 * are often sent to many, and some of those may be about to read too slowly.
 */
const SHARE_LIMIT = 4 * 1024;

/**
 * Whether a frame is copied into the slab. Others are written as they are.
 *
 * @param {Outbox} outbox Its connection's outbox
 * @param {Number} length The frame's length in bytes, about
 * @param {Boolean} isShareable Whether its payload may be written as it is, and
 *     so be in memory once however many connections it is sent on
 * @return {Boolean} Whether it is copied
 */
function takesFrame(outbox, length, isShareable) {
  if (length <= BEHIND_COPY_LIMIT) return true;
  if (isShareable && length > SHARE_LIMIT && turn.chunks === 0) return false;
  return length <= COPY_LIMIT && !outbox.isBehind();
}

/**
 * Whether a message becomes a frame here. A masked one that is too long for the
 * slab does as well, since its bytes have to be copied anyway.
 *
 * @param {(Outbox|null)} outbox Its connection's outbox, if there is one
 * @param {(Buffer|String)} data The message
 * @param {Boolean} isMasked Whether it is to be masked
 */
function takesMessage(outbox, data, isMasked) {
  const { length } = data;

  if (outbox === null) return false;
  return isMasked
    ? length > COPY_LIMIT || takesFrame(outbox, length, false)
    : takesFrame(outbox, length, typeof data !== 'string');
}

/**
 * Whether a frame that is made already is copied into the slab.
 *
 * @param {Outbox} outbox Its connection's outbox
 * @param {(Buffer|String)[]} parts The frame: a payload beside its header can be
 *     written as it is
 * @param {Number} length Their length in bytes
 */
function takesParts(outbox, parts, length) {
  const isShareable = parts.length === 2 && typeof parts[1] !== 'string';

  return takesFrame(outbox, length, isShareable);
}

module.exports = { COPY_LIMIT, takesFrame, takesMessage, takesParts };
