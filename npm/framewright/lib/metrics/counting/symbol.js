'use strict';

/**
 * Where a connection that is counted has what counts it. Its receiver and its
 * sender have it, too, where our own methods on them are what counts.
 */
module.exports = Symbol('framewright.counted');
