'use strict';

/** What went wrong, in words for the user. It isn't a bug. */
class Failure extends Error {
  get name() {
    return 'Failure';
  }
}

module.exports = Failure;
