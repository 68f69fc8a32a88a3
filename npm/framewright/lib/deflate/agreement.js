'use strict';

const DEFAULT_WINDOW_BITS = 15;

/**
 * What was agreed for the messages that one side sends.
 *
 * @param {Object} params The extension's parameters (RFC 7692, section 7.1)
 * @param {('client'|'server')} side Who sends them
 */
function agreedFor(params, side) {
  const bits = params[`${side}_max_window_bits`];

  return {
    windowBits: typeof bits === 'number' ? bits : DEFAULT_WINDOW_BITS,
    contextTakeover: !params[`${side}_no_context_takeover`]
  };
}

/**
 * What determines the bytes that a server compresses a message to.
 *
 * @param {PerMessageDeflate} extension ws's object, negotiated
 * @return {(String|null)} `null` where they depend on earlier messages, or are
 *     masked, which is done in place
 */
function agreementOf({ _isServer, _options, params }) {
  if (!_isServer || !params.server_no_context_takeover) return null;

  const { windowBits } = agreedFor(params, 'server');
  const { level, memLevel, strategy } = _options.zlibDeflateOptions ?? {};

  return [windowBits, level, memLevel, strategy].join();
}

module.exports = { agreedFor, agreementOf };
