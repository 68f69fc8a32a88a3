'use strict';

const acceptWebSockets = require('../lib/http2/accept');

module.exports = { acceptWebSockets };
