'use strict';

const backend = require('../backend/backend');
const { agreedFor } = require('./agreement');

const NOT_OPEN = -1;

/** Frees the contexts of extensions that were dropped without `cleanup()`. */
const dropped = new FinalizationRegistry((ids) => ids.free());

/**
 * The numbers of a connection's contexts, which are opened on first use. The
 * registry holds this object, so it must not hold the extension.
 */
class ContextIds {
  /**
   * @param {PerMessageDeflate} extension ws's object, with which they are freed
   */
  constructor(extension) {
    this.compressor = NOT_OPEN;
    this.decompressor = NOT_OPEN;
    dropped.register(extension, this, this);
  }

  /** @return {Number} The compressor of what the extension sends */
  compressorOf({ _isServer, _options, params }) {
    if (this.compressor === NOT_OPEN) {
      const { level, memLevel, strategy } = _options.zlibDeflateOptions ?? {};

      this.compressor = backend.deflate.openCompressor({
        ...agreedFor(params, _isServer ? 'server' : 'client'),
        level,
        memLevel,
        strategy
      });
    }

    return this.compressor;
  }

  /** @return {Number} The decompressor of what the extension receives */
  decompressorOf({ _isServer, _maxPayload, params }) {
    if (this.decompressor === NOT_OPEN) {
      this.decompressor = backend.deflate.openDecompressor({
        ...agreedFor(params, _isServer ? 'client' : 'server'),
        maxMessageLen: _maxPayload > 0 ? _maxPayload : undefined
      });
    }

    return this.decompressor;
  }

  get hasCompressor() {
    return this.compressor !== NOT_OPEN;
  }

  get hasDecompressor() {
    return this.decompressor !== NOT_OPEN;
  }

  free() {
    dropped.unregister(this);
    if (this.hasCompressor) backend.deflate.closeCompressor(this.compressor);
    if (this.hasDecompressor) {
      backend.deflate.closeDecompressor(this.decompressor);
    }

    this.compressor = this.decompressor = NOT_OPEN;
  }
}

module.exports = ContextIds;
