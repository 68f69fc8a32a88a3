'use strict';

/**
 * On a connection: its `Counted`. Also on its receiver and its sender, where our
 * own methods on them do the counting.
 */
module.exports = Symbol('framewright.counted');
