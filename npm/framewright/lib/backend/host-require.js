'use strict';

const { createRequire } = require('module');

/**
 * Node's own `require()`, as from the folder of this package.
 *
 * In a bundle, plain `require()` is the bundler's. It knows neither files outside
 * the bundle nor Node's module cache. If framewright is installed beside the
 * bundle, its dependencies are looked up from there, since some package managers
 * hide them from everybody else. A bundle that is an ES module has no file name,
 * so the bundler's `require()` is used there.
 */
function hostRequire() {
  if (typeof __filename !== 'string') return require;

  const here = createRequire(__filename);

  try {
    return createRequire(here.resolve('framewright/package.json'));
  } catch {
    return here;
  }
}

module.exports = hostRequire();
