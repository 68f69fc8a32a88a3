'use strict';

const backend = require('../backend/backend');
const { CORRUPT_DEFLATE, createError, INTERNAL } = require('../errors');
const {
  ENDS_MESSAGE,
  LEFT_OUT,
  UNFINISHED
} = require('../receive/event-table');
const { agreementOf } = require('./agreement');
const ContextIds = require('./context-ids');
const Lane = require('./lane');
const { variantsOf } = require('./shared');

/**
 * The longest input that is compressed or inflated at once, in bytes: about
 * 1 ms. Longer ones go to the thread pool.
 */
const INLINE_LENGTH = 64 * 1024;

/** The longest output that is copied at once, in bytes. */
const INLINE_OUTPUT_LENGTH = 1024 * 1024;

const FastBuffer = Buffer[Symbol.species];

/**
 * The buffer that short texts are inflated into. The application never sees it:
 * each message gets memory of its own, which it may keep or transfer.
 */
const scratch = Buffer.allocUnsafeSlow(16 * 1024);

/**
 * The compression contexts of one connection, in place of the zlib streams of
 * ws's `PerMessageDeflate`.
 */
class Contexts {
  /**
   * @param {PerMessageDeflate} extension ws's object, negotiated
   */
  constructor(extension) {
    this.extension = extension;
    this.ids = new ContextIds(extension);
    this.isClosed = false;

    /**
     * What the bytes of shared messages depend on; `null` if none can be
     * shared.
     */
    this.agreement = agreementOf(extension);
    /** Whether a message's first fragments are sent, and its last is not. */
    this.isInMessage = false;
    /** The same for a message that is being received. */
    this.isReceiving = false;

    /**
     * An observer of what the contexts know, mostly none. `beforeMessage()` is
     * called before the first fragment of a message is compressed.
     * `afterPayload()` is called when a payload is inflated, with whether it
     * ends a message.
     */
    this.watcher = null;

    // What is on the thread pool, or waits for its turn there.
    this.compressing = new Lane();
    this.inflating = new Lane();
  }

  /**
   * Compresses a short message that goes to many, unless that is done already.
   *
   * @param {(Buffer|String)} data The message
   * @param {Boolean} fin Whether it is the message's last fragment
   * @return {(Buffer|null)} A frame's payload, never to be written to; `null`
   *     where it is not shared, or must wait
   */
  compressShared(data, fin) {
    const variants = this.variantsOf(data, fin);

    if (variants === undefined || this.compressing.isBusy) return null;

    const known = variants.get(this.agreement);

    if (known !== null) return known;
    if (data.length > INLINE_LENGTH) return null;

    const outcome = backend.deflate.compress(
      this.ids.compressorOf(this.extension),
      data,
      true
    );

    if (outcome < 0) throw failure();

    const payload = taken(outcome);

    variants.set(this.agreement, payload);
    return payload;
  }

  /**
   * Compresses a short fragment to where it is sent from.
   *
   * @param {Buffer} fragment The fragment
   * @param {Boolean} fin Whether it is the message's last
   * @param {Buffer} target Where the frame's payload goes
   * @param {Number} at The index of its first byte there, with room for
   *     `mostCompressed(data)` after it
   * @return {Number} The payload's length
   */
  compressInto(fragment, fin, target, at) {
    if (this.watcher !== null && !this.isInMessage) {
      this.watcher.beforeMessage();
    }

    const outcome = backend.deflate.compress(
      this.ids.compressorOf(this.extension),
      fragment,
      fin,
      target,
      at
    );

    if (outcome < 0 || outcome > target.length - at) throw failure();

    this.isInMessage = !fin;
    return outcome;
  }

  /**
   * Whether `compressInto()` may be called: nothing has to wait, and the payload
   * needn't be kept for others.
   *
   * @param {(Buffer|String)} data The fragment
   * @param {Boolean} fin Whether it is the message's last
   */
  isPlain(data, fin) {
    return !this.compressing.isBusy && this.variantsOf(data, fin) === undefined;
  }

  /**
   * Inflates a short payload.
   *
   * @param {Buffer} payload A frame's payload
   * @param {Number} flags The flags of the frame's last piece in the event table
   * @param {Number} decoder The decoder that it comes from, which knows what
   *     the message may be
   * @return {Number} The text's length, for `takeText()`; `UNFINISHED` where that
   *     must wait: then `inflate()` with the same payload comes next; or a
   *     negative number, for `error()`
   */
  inflateNow(payload, flags, decoder) {
    if (payload.length > INLINE_LENGTH || this.inflating.isBusy) {
      return UNFINISHED;
    }

    this.isReceiving = !(flags & ENDS_MESSAGE);

    const outcome = backend.deflate.inflate(
      this.ids.decompressorOf(this.extension),
      payload,
      flags,
      scratch,
      0,
      decoder
    );

    if (this.watcher !== null && outcome >= 0) {
      this.watcher.afterPayload(!this.isReceiving);
    }

    return outcome;
  }

  /**
   * @param {Number} length What `inflateNow()` gave
   * @return {Buffer} The text
   */
  takeText(length) {
    const text = Buffer.allocUnsafeSlow(length);

    if (length > scratch.length) backend.deflate.takeDeflated(text);
    else text.set(new FastBuffer(scratch.buffer, 0, length));

    return text;
  }

  /**
   * Compresses a fragment, later.
   *
   * @param {(Buffer|String)} data The fragment
   * @param {Boolean} isLast Whether it is the message's last
   * @param {Function} cb Called with the error or the payload
   */
  compress(data, isLast, cb) {
    const { deflate } = backend;
    const fin = !!isLast;
    const variants = this.variantsOf(data, fin);
    const fragment = variants === undefined ? copied(data) : data;
    const isFirst = !this.isInMessage;
    const compress = () => {
      if (this.watcher !== null && isFirst) this.watcher.beforeMessage();

      return outputOf(
        deflate.compressAsync(
          this.ids.compressorOf(this.extension),
          fragment,
          fin
        ),
        () => failure()
      );
    };

    this.isInMessage = !fin;
    this.compressing.add(
      cb,
      variants === undefined
        ? compress
        : () => variants.later(this.agreement, compress)
    );
  }

  /**
   * Inflates a payload, later.
   *
   * @param {Buffer} payload A frame's payload
   * @param {Number} flags The flags of the frame's last piece in the event table
   * @param {Symbol} kStatusCode Where errors hold the close code
   * @param {Function} cb Called with the error, or the text, or `LEFT_OUT`
   */
  inflate(payload, flags, kStatusCode, cb) {
    const { deflate } = backend;
    const own = owned(payload);

    const fin = Boolean(flags & ENDS_MESSAGE);

    this.isReceiving = !fin;
    this.inflating.add(cb, async () => {
      const text = await outputOf(
        deflate.inflateAsync(
          this.ids.decompressorOf(this.extension),
          own,
          flags
        ),
        (outcome) => this.error(outcome, kStatusCode)
      );

      if (this.watcher !== null) this.watcher.afterPayload(fin);
      return text;
    });
  }

  /** Whether zlib may take over from here: nothing is under way. */
  isIdle() {
    return (
      !this.isReceiving && !this.inflating.isBusy && !this.compressing.isBusy
    );
  }

  /**
   * @return {Buffer} The end of what was inflated, as far as later messages may
   *     refer to it
   */
  inflatedHistory() {
    const { ids } = this;

    return ids.hasDecompressor
      ? backend.deflate.inflatedHistory(ids.decompressor)
      : Buffer.alloc(0);
  }

  /**
   * @return {(Buffer|null)} What the next payload may refer to; `null` where
   *     inflating it needs more than that, or is under way
   */
  inflateWindow() {
    const { ids } = this;

    return ids.hasDecompressor
      ? backend.deflate.inflateWindow(ids.decompressor)
      : Buffer.alloc(0);
  }

  /**
   * @return {(Buffer|null)} What the next fragment may refer to when it is
   *     compressed; `null` while one is being compressed
   */
  deflateWindow() {
    const { ids } = this;

    return ids.hasCompressor
      ? backend.deflate.deflateWindow(ids.compressor)
      : Buffer.alloc(0);
  }

  /** Frees everything. Callbacks that wait get an error, as in ws. */
  close() {
    this.isClosed = true;
    this.ids.free();
    this.inflating.abandon();

    for (const cb of this.compressing.abandon()) {
      cb(
        new Error(
          'The deflate stream was closed while data was being processed'
        )
      );
    }
  }

  /**
   * What a message was compressed to for others, if this connection may use it.
   *
   * @private
   */
  variantsOf(data, fin) {
    if (this.agreement === null || this.isInMessage || !fin) return undefined;
    return variantsOf(data);
  }

  /**
   * @param {Number} outcome A negative outcome of inflating
   * @param {Symbol} kStatusCode Where errors hold the close code
   * @return {Error} The error that ws gives
   */
  error(outcome, kStatusCode) {
    const number = ~outcome;
    const corruption =
      number === CORRUPT_DEFLATE
        ? backend.deflate.corruption(this.ids.decompressor)
        : null;

    return createError(number, corruption, kStatusCode);
  }
}

/** What a job on the thread pool gave, or its error. */
async function outputOf(promise, errorOf) {
  const result = await promise;

  if (result.outcome === LEFT_OUT) return LEFT_OUT;
  if (result.outcome < 0) return errorOf(result.outcome);

  const bytes = Buffer.allocUnsafeSlow(result.outcome);

  if (bytes.length > INLINE_OUTPUT_LENGTH) await result.takeAsync(bytes);
  else result.take(bytes);

  return bytes;
}

/**
 * A copy of a payload, in memory of its own. The application may transfer a
 * message beside it in the chunk while another thread reads this one.
 */
function owned(payload) {
  return payload.length === payload.buffer.byteLength
    ? payload
    : Buffer.from(payload);
}

/** What `compress()` gave. */
function taken(length) {
  const bytes = Buffer.allocUnsafe(length);

  backend.deflate.takeDeflated(bytes);
  return bytes;
}

function failure() {
  return createError(INTERNAL);
}

/**
 * The most bytes that a fragment may compress to: an eighth more than its own,
 * where no encoding makes it shorter.
 *
 * @param {(Buffer|String)} data The fragment
 */
function mostCompressed(data) {
  const length = typeof data === 'string' ? data.length * 3 : data.length;

  return length + (length >>> 3) + 64;
}

/**
 * A fragment that another thread may read: the application may transfer its own.
 * To copy a long one takes too long here; zlib's streams don't copy any.
 */
function copied(data) {
  return typeof data === 'string' || data.length <= INLINE_OUTPUT_LENGTH
    ? Buffer.from(data)
    : data;
}

module.exports = { Contexts, mostCompressed };
