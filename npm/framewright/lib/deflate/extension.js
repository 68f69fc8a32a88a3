'use strict';

const backend = require('../backend/backend');
const { ENDS_MESSAGE } = require('../receive/event-table');
const { Contexts } = require('./contexts');

/**
 * The values of zlib's options that the codec supports. Other values and
 * options, and what zlib refuses, are left to zlib. ws itself sets the window
 * bits.
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

const NO_FLAGS = 0;

/**
 * The inspector, perhaps of another copy of framewright, looks for this symbol.
 */
const kContexts = Symbol.for('framewright.contexts.1');

/** By prototype, the methods that the connections of a class should have. */
const classes = new WeakMap();

/** The prototypes whose zlib streams fail as in current ws. */
const fixed = new WeakSet();

/** What the source of ws's own methods contains, even with shortened names. */
const WS_METHODS = {
  compress: /\._compress\(/,
  decompress: /\._decompress\(/,
  _compress: /createDeflateRaw/,
  _decompress: /createInflateRaw/
};

/**
 * The contexts of an extension.
 *
 * @param {PerMessageDeflate} extension ws's object, negotiated
 * @param {WsCopy} copy The copy of ws that it belongs to
 * @return {(Contexts|null)} `null` where ws's own zlib streams go on: with options
 *     that the codec doesn't have, in the middle of a conversation, on a backend
 *     that doesn't compress, or where somebody has wrapped the extension's methods
 */
function contextsOf(extension, copy) {
  const contexts = extension[kContexts];

  if (contexts === undefined) return openContexts(extension, copy);
  if (contexts === null || contexts.isClosed) return null;
  if (!isWrapped(extension) || !contexts.isIdle()) return contexts;

  leaveToZlib(extension, contexts);
  return null;
}

function openContexts(extension, copy) {
  const { constructor } = extension;

  if (!classes.has(constructor.prototype)) patch(constructor, copy);

  const isOurs =
    backend.deflate !== null &&
    !extension._deflate &&
    !extension._inflate &&
    !isWrapped(extension) &&
    hasOnly(extension._options.zlibDeflateOptions, DEFLATE_OPTIONS) &&
    hasOnly(extension._options.zlibInflateOptions, INFLATE_OPTIONS);

  extension[kContexts] = isOurs ? new Contexts(extension) : null;
  if (!isOurs) fixErrors(constructor, copy);
  return extension[kContexts];
}

/** Whether somebody has replaced methods, to see or change what passes. */
function isWrapped(extension) {
  const methods = classes.get(extension.constructor.prototype);

  return (
    extension.compress !== methods.compress ||
    extension.decompress !== methods.decompress ||
    extension._compress !== methods._compress ||
    extension._decompress !== methods._decompress
  );
}

/**
 * Continues with zlib's streams in the middle of a conversation. What was
 * inflated becomes their dictionary. What is compressed needn't refer to
 * earlier messages.
 */
function leaveToZlib(extension, contexts) {
  const { _options: options } = extension;
  const dictionary = contexts.inflatedHistory();

  if (dictionary.length > 0) {
    extension._options = {
      ...options,
      zlibInflateOptions: { ...options.zlibInflateOptions, dictionary }
    };
  }

  contexts.close();
  extension[kContexts] = null;
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

/** Makes the methods of a PerMessageDeflate class use the contexts. */
function patch({ prototype }, copy) {
  const { cleanup, compress, decompress, _compress, _decompress } = prototype;
  const stock = { compress, decompress, _compress, _decompress };

  if (!isWss(stock)) {
    // Equals no method, so all connections of the class count as wrapped.
    classes.set(prototype, {});
    return;
  }

  copy.define(prototype, {
    compress(data, fin, callback) {
      const contexts = contextsOf(this, copy);

      if (contexts === null) compress.call(this, data, fin, callback);
      else contexts.compress(data, fin, callback);
    },

    decompress(data, fin, callback) {
      const contexts = contextsOf(this, copy);

      if (contexts === null) decompress.call(this, data, fin, callback);
      else {
        const flags = fin ? ENDS_MESSAGE : NO_FLAGS;

        contexts.inflate(data, flags, copy.kStatusCode, callback);
      }
    },

    cleanup() {
      if (this[kContexts]) this[kContexts].close();
      cleanup.call(this);
    }
  });

  classes.set(prototype, {
    compress: prototype.compress,
    decompress: prototype.decompress,
    _compress,
    _decompress
  });
}

function isWss(methods) {
  return Object.entries(WS_METHODS).every(
    ([name, pattern]) =>
      typeof methods[name] === 'function' &&
      pattern.test(Function.prototype.toString.call(methods[name]))
  );
}

/**
 * Makes zlib's streams fail with the first error that they had. Before 8.18.2,
 * ws reports a message that is too long as corrupt: its rest is corrupt to a
 * stream that has been reset.
 */
function fixErrors({ prototype }, copy) {
  if (fixed.has(prototype)) return;
  fixed.add(prototype);

  const methods = classes.get(prototype);
  const { _decompress: decompress } = prototype;

  copy.define(prototype, {
    _decompress(data, fin, callback) {
      decompress.call(this, data, fin, (err, text) => {
        callback(err && (tooLong(stream) ?? err), text);
      });

      // The call above has opened it.
      const stream = this._inflate;
    }
  });

  if (methods._decompress === decompress) {
    methods._decompress = prototype._decompress;
  }
}

/** The error that ws stores on a stream that inflated too much. */
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
    : contexts.compressShared(message, true);
}

module.exports = { compressShared, contextsOf };
