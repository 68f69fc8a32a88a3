'use strict';

const backend = require('./backend');
const { Contexts } = require('./deflate/contexts');

/**
 * What the options for zlib may hold for the codec to take its place. The rest,
 * and what zlib refuses, is left to zlib. ws itself sets the window bits.
 */
const DEFLATE_OPTIONS = {
  chunkSize: integer(64, Infinity),
  level: integer(-1, 9),
  memLevel: integer(1, 9),
  strategy: integer(0, 4),
  windowBits: () => true
};
const INFLATE_OPTIONS = {
  chunkSize: integer(64, Infinity),
  windowBits: () => true
};

const kContexts = Symbol('framewright.contexts');

/** The classes that are patched, and those whose streams are mended. */
const patched = new WeakSet();
const mended = new WeakSet();

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
  else mend(extension.constructor, copy);
  return extension[kContexts];
}

function hasOnly(options, checks) {
  return Object.entries(options ?? {}).every(
    ([name, value]) => Object.hasOwn(checks, name) && checks[name](value)
  );
}

function integer(least, most) {
  return (value) =>
    value === undefined ||
    (Number.isInteger(value) && value >= least && value <= most);
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

/**
 * Has zlib's streams fail with what failed them first. Before 8.18.2, ws says of
 * a message that is too long that it's corrupt, which its rest is to a stream
 * that has been reset.
 */
function mend({ prototype }, copy) {
  if (mended.has(prototype)) return;
  mended.add(prototype);

  const { _decompress: decompress } = prototype;

  copy.define(prototype, {
    _decompress(data, fin, callback) {
      decompress.call(this, data, fin, (err, text) => {
        callback(err && (tooLong(stream) ?? err), text);
      });

      // Which is opened by the call.
      const stream = this._inflate;
    }
  });
}

/** The error that ws keeps with a stream that inflated to too much. */
function tooLong(stream) {
  const kError = Object.getOwnPropertySymbols(stream).find(
    ({ description }) => description === 'error'
  );

  return stream[kError];
}

/**
 * Compresses a short message that goes to many connections, unless that was done
 * before.
 *
 * @param {PerMessageDeflate} extension A connection's
 * @param {Buffer} message The message, shared
 * @return {(Buffer|null)} A frame's payload, never to be written to; `null` where
 *     the message must be sent like any other
 */
function compressShared(extension, message) {
  const contexts = extension[kContexts];

  return !contexts || contexts.isClosed || contexts.agreement === null
    ? null
    : contexts.compressNow(message, true);
}

module.exports = { compressShared, contextsOf };
