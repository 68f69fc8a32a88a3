'use strict';

const { AsyncResource } = require('async_hooks');

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

module.exports = SendCallback;
