'use strict';

const hostRequire = require('../backend/host-require');

/**
 * @param {String} name An npm package that not every app has
 * @param {String} option The option that can give it instead
 * @return {Object} The package
 * @throws {Error} If it isn't installed
 */
function requirePeer(name, option) {
  try {
    return hostRequire(name);
  } catch (err) {
    if (err.code !== 'MODULE_NOT_FOUND') throw err;

    throw new Error(
      `The npm package ${name} is not installed. Install it, or give it in ` +
        option,
      { cause: err }
    );
  }
}

module.exports = requirePeer;
