'use strict';

/** What went wrong, in words for the user; nothing of it is a bug. */
class Failure extends Error {
  get name() {
    return 'Failure';
  }
}

module.exports = Failure;
