'use strict';

/** The command line is wrong; the message says how. */
class UsageError extends Error {
  get name() {
    return 'UsageError';
  }
}

module.exports = UsageError;
