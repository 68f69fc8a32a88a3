'use strict';

/** Where a connection that is counted has what counts it. */
module.exports = Symbol('framewright.counted');
