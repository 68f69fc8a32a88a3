'use strict';

/** Something that went wrong, told to the user. It isn't a bug. */
class Failure extends Error {
  get name() {
    return 'Failure';
  }
}

module.exports = Failure;
