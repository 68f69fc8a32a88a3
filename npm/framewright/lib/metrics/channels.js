'use strict';

const { channel } = require('diagnostics_channel');

/** What others can subscribe to; docs/api/metrics.md says what they publish. */
module.exports = {
  open: channel('framewright:open'),
  close: channel('framewright:close'),
  error: channel('framewright:error'),
  messageIn: channel('framewright:message:in'),
  messageOut: channel('framewright:message:out'),
  // Published by heartbeats, limits and broadcasts.
  dead: channel('framewright:dead'),
  limit: channel('framewright:limit'),
  pong: channel('framewright:pong'),
  slow: channel('framewright:slow')
};
