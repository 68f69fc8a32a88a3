'use strict';

const backend = require('../../../backend/backend');
const { ENDS_MESSAGE } = require('../../../receive/event-table');

/** The longest message that is inflated, in bytes. */
const MAX_TEXT_LENGTH = 64 * 1024 * 1024;

/**
 * The compression of one direction's messages (RFC 7692). It inflates what the
 * sender has compressed. Once the receiver gets something else than that, it
 * compresses for the receiver.
 */
class Compression {
  #compressor = -1;
  #decompressor = -1;
  #params;

  /**
   * @param {Object} params What was agreed on: `windowBits`, `contextTakeover`
   */
  constructor(params) {
    this.#params = params;
  }

  /** Whether a message may refer to those before. */
  get hasTakeover() {
    return this.#params.contextTakeover;
  }

  /**
   * @param {Buffer} payload A frame's payload
   * @param {Boolean} isLast Whether it is its message's last
   * @return {Promise<Buffer>} What it inflates to
   */
  async inflate(payload, isLast) {
    const { deflate } = backend;

    if (this.#decompressor === -1) {
      this.#decompressor = deflate.openDecompressor({
        ...this.#params,
        maxMessageLen: MAX_TEXT_LENGTH
      });
    }

    const flags = isLast ? ENDS_MESSAGE : 0;

    return output(
      await deflate.inflateAsync(this.#decompressor, payload, flags)
    );
  }

  /**
   * @param {Buffer} text A message
   * @return {Promise<Buffer>} The payload of the one frame that it is sent in
   */
  async compress(text) {
    const { deflate } = backend;

    if (this.#compressor === -1) {
      this.#compressor = deflate.openCompressor(this.#params);
    }

    return output(await deflate.compressAsync(this.#compressor, text, true));
  }

  close() {
    const { deflate } = backend;

    if (this.#compressor !== -1) deflate.closeCompressor(this.#compressor);
    if (this.#decompressor !== -1) {
      deflate.closeDecompressor(this.#decompressor);
    }

    this.#compressor = this.#decompressor = -1;
  }
}

function output(result) {
  if (result.outcome < 0) throw new Error("A message can't be inflated");

  const bytes = Buffer.alloc(result.outcome);

  result.take(bytes);
  return bytes;
}

/**
 * @param {String} response The head of the response to a handshake
 * @return {(Compression[]|null)} Of what the client sends, and of what the server
 *     does; `null` where nothing is compressed
 */
function compressions(response) {
  const fields = [...response.matchAll(/^sec-websocket-extensions:(.*)$/gim)];
  const words = fields
    .map(([, value]) => value)
    .join(',')
    .split(/[;,]/)
    .map((word) => word.trim().toLowerCase());

  if (!words.includes('permessage-deflate')) return null;

  return ['client', 'server'].map((side) => {
    const bits = words.find((word) =>
      word.startsWith(`${side}_max_window_bits=`)
    );

    return new Compression({
      contextTakeover: !words.includes(`${side}_no_context_takeover`),
      windowBits: bits ? Number(/\d+/.exec(bits)[0]) : 15
    });
  });
}

module.exports = { MAX_TEXT_LENGTH, compressions };
