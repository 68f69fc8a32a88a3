'use strict';

/** The command line isn't right; the message says why. */
class UsageError extends Error {
  get name() {
    return 'UsageError';
  }
}

module.exports = UsageError;
