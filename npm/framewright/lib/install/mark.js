'use strict';

const path = require('path');

const bundle = require('../backend/bundle');

const { version } = require('../../package.json');

const PREFIX = 'framewright.accelerated.';

/**
 * Marks a Receiver class whose copy of ws is accelerated. Shared by all copies of
 * framewright in the process: bundled, in another `node_modules`, or of another
 * version.
 */
const kMark = Symbol.for(`${PREFIX}1`);

/**
 * @param {Function} Receiver A Receiver class
 * @param {Function} counters Says what the codec has counted
 * @param {Object} codec What the copies of framewright that use the same codec
 *     have in common
 */
function mark(Receiver, counters, codec) {
  Object.defineProperty(Receiver, kMark, {
    configurable: true,
    value: { version, path: ownPath(), counters, codec }
  });
}

/**
 * Who accelerated a copy of ws before.
 *
 * @param {Function} Receiver Its Receiver class
 * @return {({version: (String|null), path: (String|null), counters:
 *     (Function|null), codec: Object}|null)} The other copy of framewright; `null`
 *     where nobody has
 */
function markOf(Receiver) {
  const symbol = Object.getOwnPropertySymbols(Receiver).find((symbol) =>
    Symbol.keyFor(symbol)?.startsWith(PREFIX)
  );

  if (symbol !== undefined) {
    // A later version may say more, or less.
    const { codec, counters, path, version } = Object(Receiver[symbol]);

    return {
      version: typeof version === 'string' ? version : null,
      path: typeof path === 'string' ? path : null,
      counters: typeof counters === 'function' ? counters : null,
      codec
    };
  }

  return isUnmarked(Receiver)
    ? { version: '0.1.0', path: null, counters: null, codec: null }
    : null;
}

/** Version 0.1.0 left no mark, but a `write()` that ws's receivers don't have. */
function isUnmarked({ prototype }) {
  return (
    Object.hasOwn(prototype, 'write') &&
    prototype.write.toString().includes('takesChunks')
  );
}

/** The package's folder, unless it is bundled. */
function ownPath() {
  return bundle.isBundled ? null : path.resolve(bundle.file, '../../..');
}

module.exports = { mark, markOf };
