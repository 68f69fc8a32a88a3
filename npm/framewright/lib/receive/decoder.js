'use strict';

const backend = require('../backend/backend');
const { skipsOverlong } = require('../limits/overlong');

/** The limits of current ws, for copies that have none of their own. */
const MAX_FRAGMENTS = 16 * 1024;
const MAX_BUFFERED_CHUNKS = 256 * 1024;

/** Frees the decoders of receivers that were dropped without being closed. */
const dropped = new FinalizationRegistry((id) => backend.closeDecoder(id));

/** A receiver's decoder in the codec. */
class Decoder {
  /**
   * @param {Receiver} receiver A receiver that has not read anything yet
   */
  constructor(receiver) {
    this.maxPayload = receiver._maxPayload;
    /** Its number in the codec; −1 once it is closed. */
    this.id = backend.openDecoder({
      isServer: receiver._isServer,
      permessageDeflate: !!receiver._extensions['permessage-deflate'],
      skipUtf8Validation: receiver._skipUTF8Validation,
      maxPayloadLen: limit(this.maxPayload),
      maxFragments: limit(receiver._maxFragments, MAX_FRAGMENTS),
      maxBufferedChunks: limit(receiver._maxBufferedChunks, MAX_BUFFERED_CHUNKS)
    });
    /**
     * Whether messages over the limit are skipped, and don't fail the
     * connection.
     */
    this.skips = false;
    dropped.register(receiver, this.id, this);
  }

  /**
   * Adopts a limit that the application has changed.
   *
   * @param {Receiver} receiver The receiver, with its current limit
   */
  followLimit(receiver) {
    this.maxPayload = receiver._maxPayload;
    this.skips = skipsOverlong(receiver);
    backend.setMaxPayloadLen(this.id, limit(this.maxPayload), this.skips);
  }

  /** Whether every message that has begun is complete in the event table. */
  isBetweenMessages() {
    return this.id !== -1 && backend.isBetweenMessages(this.id);
  }

  close() {
    if (this.id === -1) return;
    dropped.unregister(this);
    backend.closeDecoder(this.id);
    this.id = -1;
  }
}

/**
 * A limit as the codec takes it: a number of 32 bits. For ws, 0 is no limit. A
 * copy of ws without the option gets the default.
 */
function limit(value, byDefault) {
  if (value === undefined) return byDefault;
  return value > 0 && value < 0xffffffff ? value : undefined;
}

module.exports = Decoder;
