'use strict';

const { AsyncResource } = require('async_hooks');

const { nextTick } = require('../builtins');

/**
 * A callback of a frame that is written together with others. It runs where
 * `send()` was called, so that an `AsyncLocalStorage` holds there what it held
 * then, as it does in ws. (`AsyncResource.bind()` takes a hundred times as long.)
 */
class SendCallback extends AsyncResource {
  /**
   * @param {Function} cb The application's callback
   */
  constructor(cb) {
    super('FRAMEWRIGHTSEND');
    this.cb = cb;
  }

  /**
   * @param {(Error|null|undefined)} err Why the frame was not written
   */
  call(err) {
    this.runInAsyncScope(this.cb, undefined, err);
  }
}

/**
 * One callback for several frames. Each is called, even if another throws.
 *
 * @param {SendCallback[]} callbacks The frames' callbacks, whose list is used up
 * @return {(Function|undefined)} A function that calls them, if there are any
 */
function together(callbacks) {
  if (callbacks.length === 0) return undefined;

  return function call(err) {
    while (callbacks.length > 0) {
      const callback = callbacks.shift();
      let isThrown = true;

      try {
        callback.call(err);
        isThrown = false;
      } finally {
        // The others are called apart, so that each may throw for itself.
        if (isThrown) nextTick(call, err);
      }
    }
  };
}

module.exports = { SendCallback, together };
