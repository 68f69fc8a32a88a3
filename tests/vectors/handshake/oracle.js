'use strict';

// What stock ws makes of a header, in the form of the vectors.

const { extension, subprotocol, PerMessageDeflate } = require('ws');

/**
 * The bytes of a vector's header, as the string that Node would give ws.
 *
 * @param {(String|Array)} header A string, or strings and `[string, times]`
 * @return {String} The header's value
 */
function expand(header) {
  if (typeof header === 'string') return header;
  return header
    .map((piece) =>
      typeof piece === 'string' ? piece : piece[0].repeat(piece[1])
    )
    .join('');
}

function syntaxError(err) {
  const match = /^Unexpected character at index (\d+)$/.exec(err.message);
  if (match) return { error: 'unexpected character', offset: +match[1] };
  if (err.message === 'Unexpected end of input')
    return { error: 'unexpected end' };
  if (/is duplicated$/.test(err.message)) return { error: 'duplicate' };
  throw err;
}

/**
 * @param {String} header The value of `Sec-WebSocket-Extensions`
 * @return {Object} ws's result by extension name, or the error
 */
function extensions(header) {
  try {
    return { extensions: extension.parse(header) };
  } catch (err) {
    return syntaxError(err);
  }
}

/**
 * @param {String} header The value of `Sec-WebSocket-Protocol`
 * @return {Object} The names, or the error
 */
function subprotocols(header) {
  try {
    return { subprotocols: [...subprotocol.parse(header)] };
  } catch (err) {
    return syntaxError(err);
  }
}

const deflateErrors = [
  [/^None of the extension offers/, 'no acceptable offer'],
  [/^Unknown parameter/, 'unknown parameter'],
  [/must have only a single value$/, 'duplicate parameter'],
  [/^Invalid value for parameter/, 'invalid value'],
  [/^Unexpected/, 'unacceptable']
];

/**
 * @param {String} role `'client'` or `'server'`
 * @param {Object} options ws's permessage-deflate options
 * @param {String} header The value of `Sec-WebSocket-Extensions`
 * @return {Object} The agreed parameters, `null` if there's no offer, or the
 *     error
 */
function deflate(role, options, header) {
  const pmd = new PerMessageDeflate({
    ...options,
    isServer: role === 'server'
  });
  const elements = extension.parse(header)[PerMessageDeflate.extensionName];
  if (!elements) return { params: null };
  try {
    return { params: { ...pmd.accept(elements) } };
  } catch (err) {
    const known = deflateErrors.find(([pattern]) => pattern.test(err.message));
    if (!known) throw err;
    return { error: known[1] };
  }
}

/**
 * @param {Object} options ws's permessage-deflate options
 * @return {String} The `Sec-WebSocket-Extensions` of a client's request
 */
function offer(options) {
  const params = new PerMessageDeflate(options).offer();
  return extension.format({ [PerMessageDeflate.extensionName]: params });
}

/**
 * Groups the elements of a header by name, as ws does.
 *
 * @param {Array} list `[name, [[parameter, value or null], …]]` in order
 * @return {Object} What `extension.parse` gives
 */
function group(list) {
  const push = (map, name, elem) => (map[name] ??= []).push(elem);
  const extensions = Object.create(null);
  for (const [name, params] of list) {
    const map = Object.create(null);
    for (const [param, value] of params) {
      push(map, param, value === null ? true : expand(value));
    }
    push(extensions, name, map);
  }
  return extensions;
}

module.exports = { deflate, expand, extensions, group, offer, subprotocols };
