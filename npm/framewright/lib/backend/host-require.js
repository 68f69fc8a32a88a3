'use strict';

const { createRequire } = require('module');

const { file } = require('./bundle');

/**
 * Node's own `require()`, as from the folder of this package.
 *
 * In a bundle the ordinary one is the bundler's, which knows neither what is
 * outside nor what Node has in its cache. If framewright is installed beside the
 * bundle, its dependencies are found by way of it: some package managers show
 * them to nobody else.
 */
function hostRequire() {
  const here = createRequire(file);

  try {
    return createRequire(here.resolve('framewright/package.json'));
  } catch {
    return here;
  }
}

module.exports = hostRequire();
