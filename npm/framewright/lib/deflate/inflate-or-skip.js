'use strict';

const { ENDS_MESSAGE, LEFT_OUT, SKIPPED } = require('../receive/event-table');
const { contextsOf } = require('./extension');

/** By extension, where the text of its zlib stream goes. */
const skippers = new WeakMap();

/**
 * Inflates a payload, later. A message that is too long is skipped: what later
 * messages may refer to is kept, the rest of its text is thrown away.
 *
 * @param {PerMessageDeflate} extension ws's object, negotiated
 * @param {WsCopy} copy The copy of ws that it belongs to
 * @param {Buffer} payload A frame's payload, or, with `SKIPPED`, a stretch of one
 * @param {Number} flags The flags of its last piece in the event table
 * @param {Function} cb Called with the error, or the text, or `LEFT_OUT`
 */
function inflateOrSkip(extension, copy, payload, flags, cb) {
  const contexts = contextsOf(extension, copy);

  if (contexts !== null) {
    contexts.inflate(payload, flags, copy.kStatusCode, cb);
    return;
  }

  let skipper = skippers.get(extension);

  if (skipper === undefined) {
    skipper = new Skipper(extension);
    skippers.set(extension, skipper);
  }

  skipper.inflate(payload, flags, cb);
}

/** Where ws's own zlib stream inflates, throws its text away in time. */
class Skipper {
  constructor(extension) {
    this.extension = extension;
    this.length = 0;
    this.isSkipped = false;
    /** The stream that is listened to in place of ws. */
    this.stream = null;

    const skipper = this;
    const { _decompress } = extension;

    // ws makes its stream in there, and the text comes later.
    extension._decompress = function (data, fin, cb) {
      _decompress.call(this, data, fin, cb);
      skipper.watch(this._inflate);
    };
  }

  inflate(payload, flags, cb) {
    const fin = (flags & ENDS_MESSAGE) !== 0;

    if (flags & SKIPPED) this.isSkipped = true;

    this.extension.decompress(payload, fin, (err, text) => {
      const { isSkipped } = this;

      if (fin) {
        this.length = 0;
        this.isSkipped = false;
      }

      cb(err, isSkipped && !err ? LEFT_OUT : text);
    });
  }

  /** @private */
  watch(stream) {
    if (!stream || stream === this.stream) return;

    const [kBuffers, kLength] = ['buffers', 'total-length'].map((name) =>
      Object.getOwnPropertySymbols(stream).find(
        ({ description }) => description === name
      )
    );

    this.stream = stream;
    stream.removeAllListeners('data');
    stream.on('data', (chunk) => {
      this.length += chunk.length;
      if (this.length > this.extension._maxPayload) this.isSkipped = true;

      if (this.isSkipped) {
        stream[kBuffers] = [];
        stream[kLength] = 0;
      } else {
        stream[kBuffers].push(chunk);
        stream[kLength] += chunk.length;
      }
    });
  }
}

module.exports = inflateOrSkip;
