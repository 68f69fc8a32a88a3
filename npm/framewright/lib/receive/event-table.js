'use strict';

/**
 * The layout of the event table that the codec writes and the delivery reads, as
 * the codec itself tells it: `crates/host/src/layout.rs` says what each name means.
 */
module.exports = require('../backend/backend').layout;
