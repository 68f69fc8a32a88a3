'use strict';

const backend = require('./backend');
const { createError, INTERNAL, MESSAGE_TOO_BIG } = require('./errors');

/**
 * The longest input that is compressed or inflated at once, in octets: about
 * 1 ms. Longer ones go to the thread pool.
 */
const INLINE_LENGTH = 64 * 1024;

/** The longest output that is copied at once, in octets. */
const INLINE_OUTPUT_LENGTH = 1024 * 1024;

const DEFAULT_WINDOW_BITS = 15;

/** What `inflate()` gives for a message that gets too long to be done at once. */
const UNFINISHED = -1;

/** What the options for zlib may hold for the codec to take its place. */
const DEFLATE_OPTIONS = new Set([
  'chunkSize',
  'level',
  'memLevel',
  'strategy',
  'windowBits'
]);
const INFLATE_OPTIONS = new Set(['chunkSize', 'windowBits']);

const kContexts = Symbol('framewright.contexts');

/** The classes that are patched. */
const patched = new WeakSet();

/** Frees the contexts of extensions that were dropped without `cleanup()`. */
const dropped = new FinalizationRegistry((ids) => ids.free());

/** The numbers of a connection's contexts, opened when they are needed. */
class Ids {
  constructor() {
    this.compressor = -1;
    this.decompressor = -1;
  }

  free() {
    if (this.compressor !== -1) {
      backend.deflate.closeCompressor(this.compressor);
    }

    if (this.decompressor !== -1) {
      backend.deflate.closeDecompressor(this.decompressor);
    }

    this.compressor = this.decompressor = -1;
  }
}

/**
 * The compression contexts of one connection, in the place of the zlib streams
 * of ws's `PerMessageDeflate`.
 */
class Contexts {
  /**
   * @param {PerMessageDeflate} extension ws's object, negotiated
   */
  constructor(extension) {
    this.extension = extension;
    this.ids = new Ids();
    this.isClosed = false;

    // What is on the thread pool, or waits for its turn there.
    this.compressing = new Lane();
    this.inflating = new Lane();
    dropped.register(extension, this.ids, this);
  }

  /**
   * Compresses a short fragment.
   *
   * @param {(Buffer|String)} data The fragment
   * @param {Boolean} fin Whether it is the message's last
   * @return {(Buffer|null)} A frame's payload; `null` where that must wait
   */
  compressNow(data, fin) {
    if (data.length > INLINE_LENGTH || this.compressing.isBusy) return null;

    const fragment = toBuffer(data);
    const { deflate } = backend;
    const outcome = deflate.compress(this.compressor(), fragment, fin);

    if (outcome < 0) throw failure();
    return taken(outcome);
  }

  /**
   * Inflates a short payload.
   *
   * @param {Buffer} payload A frame's payload
   * @param {Boolean} fin Whether it is the message's last
   * @param {Symbol} kStatusCode Where errors hold the close code
   * @return {(Buffer|Error|null)} The text or the error; `null` where that must
   *     wait: then `inflate()` with the same payload comes next
   */
  inflateNow(payload, fin, kStatusCode) {
    if (payload.length > INLINE_LENGTH || this.inflating.isBusy) return null;

    const outcome = backend.deflate.inflate(this.decompressor(), payload, fin);

    if (outcome === UNFINISHED) return null;
    return outcome < 0 ? this.error(outcome, kStatusCode) : taken(outcome);
  }

  /**
   * Compresses a fragment, later.
   *
   * @param {(Buffer|String)} data The fragment
   * @param {Boolean} fin Whether it is the message's last
   * @param {Function} cb Called with the error or the payload
   */
  compress(data, fin, cb) {
    const { deflate } = backend;
    const fragment = toBuffer(data);

    this.compressing.add(cb, () =>
      output(deflate.compressAsync(this.compressor(), fragment, fin), () =>
        failure()
      )
    );
  }

  /**
   * Inflates a payload, later.
   *
   * @param {Buffer} payload A frame's payload
   * @param {Boolean} fin Whether it is the message's last
   * @param {Symbol} kStatusCode Where errors hold the close code
   * @param {Function} cb Called with the error or the text
   */
  inflate(payload, fin, kStatusCode, cb) {
    const { deflate } = backend;

    this.inflating.add(cb, () =>
      output(
        deflate.inflateAsync(this.decompressor(), payload, fin),
        (outcome) => this.error(outcome, kStatusCode)
      )
    );
  }

  /** Frees everything; whoever waits for a payload is told, as by ws. */
  close() {
    this.isClosed = true;
    this.ids.free();
    dropped.unregister(this);
    this.inflating.abandon();

    for (const cb of this.compressing.abandon()) {
      cb(
        new Error(
          'The deflate stream was closed while data was being processed'
        )
      );
    }
  }

  /** @private */
  compressor() {
    const { ids } = this;

    if (ids.compressor === -1) {
      const { _isServer, _options, params } = this.extension;
      const { level, memLevel, strategy } = _options.zlibDeflateOptions ?? {};

      ids.compressor = backend.deflate.openCompressor({
        ...direction(params, _isServer ? 'server' : 'client'),
        level,
        memLevel,
        strategy
      });
    }

    return ids.compressor;
  }

  /** @private */
  decompressor() {
    const { ids } = this;

    if (ids.decompressor === -1) {
      const { _isServer, _maxPayload, params } = this.extension;

      ids.decompressor = backend.deflate.openDecompressor({
        ...direction(params, _isServer ? 'client' : 'server'),
        maxMessageLen: _maxPayload > 0 ? _maxPayload : undefined
      });
    }

    return ids.decompressor;
  }

  /**
   * The error that ws gives for a close code.
   *
   * @private
   */
  error(outcome, kStatusCode) {
    if (outcome === -1009) {
      return createError(MESSAGE_TOO_BIG, 0, 1009, kStatusCode);
    }

    if (outcome !== -1007) return failure(kStatusCode);

    const reason = backend.deflate.corruption(this.ids.decompressor);
    const error = new Error(reason ?? 'invalid compressed data');

    error.errno = -3;
    error.code = 'Z_DATA_ERROR';
    error[kStatusCode] = 1007;
    return error;
  }
}

/** Jobs for the thread pool that must be done one after the other. */
class Lane {
  constructor() {
    this.jobs = [];
  }

  get isBusy() {
    return this.jobs.length > 0;
  }

  /**
   * @param {Function} cb Called with the error or what came out
   * @param {Function} start Starts the job and returns a promise of either
   */
  add(cb, start) {
    this.jobs.push({ cb, start });
    if (this.jobs.length === 1) this.next();
  }

  /** Forgets all jobs, and returns their callbacks. */
  abandon() {
    return this.jobs.splice(0).map((job) => job.cb);
  }

  /** @private */
  async next() {
    const [job] = this.jobs;
    let result;

    try {
      result = await job.start();
    } catch (err) {
      result = err;
    }

    // Unless it was abandoned meanwhile.
    if (this.jobs[0] !== job) return;
    this.jobs.shift();

    // Apart, so that what the callback throws is thrown as elsewhere.
    if (result instanceof Error) process.nextTick(job.cb, result);
    else process.nextTick(job.cb, null, result);

    if (this.jobs.length > 0) this.next();
  }
}

/** What a job on the thread pool gave, or its error. */
async function output(promise, errorOf) {
  const result = await promise;

  if (result.outcome < 0) return errorOf(result.outcome);

  const octets = Buffer.allocUnsafe(result.outcome);

  if (octets.length > INLINE_OUTPUT_LENGTH) await result.takeAsync(octets);
  else result.take(octets);

  return octets;
}

/** What `compress()` or `inflate()` gave. */
function taken(length) {
  const octets = Buffer.allocUnsafe(length);

  backend.deflate.takeDeflated(octets);
  return octets;
}

function failure(kStatusCode) {
  return createError(INTERNAL, 0, 1011, kStatusCode);
}

/** What was agreed for the messages of one side. */
function direction(params, side) {
  const bits = params[`${side}_max_window_bits`];

  return {
    windowBits: typeof bits === 'number' ? bits : DEFAULT_WINDOW_BITS,
    contextTakeover: !params[`${side}_no_context_takeover`]
  };
}

function toBuffer(data) {
  return typeof data === 'string' ? Buffer.from(data) : data;
}

/**
 * The contexts of an extension.
 *
 * @param {PerMessageDeflate} extension ws's object, negotiated
 * @param {WsCopy} copy The copy of ws that it belongs to
 * @return {(Contexts|null)} `null` where ws's own zlib streams go on: with options
 *     that the codec doesn't have, in the middle of a conversation, or on a
 *     backend that doesn't compress
 */
function contextsOf(extension, copy) {
  const contexts = extension[kContexts];

  if (contexts !== undefined) {
    return contexts === null || contexts.isClosed ? null : contexts;
  }

  const isOurs =
    backend.deflate !== null &&
    !extension._deflate &&
    !extension._inflate &&
    hasOnly(extension._options.zlibDeflateOptions, DEFLATE_OPTIONS) &&
    hasOnly(extension._options.zlibInflateOptions, INFLATE_OPTIONS);

  extension[kContexts] = isOurs ? new Contexts(extension) : null;
  if (isOurs) patch(extension.constructor, copy);
  return extension[kContexts];
}

function hasOnly(options, names) {
  return Object.keys(options ?? {}).every((name) => names.has(name));
}

/** Leads the methods of a PerMessageDeflate class to the contexts. */
function patch({ prototype }, copy) {
  if (patched.has(prototype)) return;
  patched.add(prototype);

  const { cleanup, compress, decompress } = prototype;

  copy.define(prototype, {
    compress(data, fin, callback) {
      const contexts = contextsOf(this, copy);

      if (contexts === null) compress.call(this, data, fin, callback);
      else contexts.compress(data, fin, callback);
    },

    decompress(data, fin, callback) {
      const contexts = contextsOf(this, copy);

      if (contexts === null) decompress.call(this, data, fin, callback);
      else contexts.inflate(data, fin, copy.kStatusCode, callback);
    },

    cleanup() {
      if (this[kContexts]) this[kContexts].close();
      cleanup.call(this);
    }
  });
}

module.exports = { contextsOf };
