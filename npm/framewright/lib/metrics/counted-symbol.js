'use strict';

/** On a connection: its `Counted`. */
module.exports = Symbol('framewright.counted');
