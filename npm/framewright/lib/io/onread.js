'use strict';

/** On a handle: its `OnreadWatch`. */
const kWatch = Symbol('framewright.onread');

/**
 * Watches who gets a handle's bytes. Node hands a socket's handle to another
 * process without any call to the socket before, but sets the handle's `onread`
 * first.
 */
class OnreadWatch {
  constructor(handle) {
    this.handle = handle;
    /** The prototype with the property as C++ made it. */
    this.prototype = Object.getPrototypeOf(handle);
    /** Called before somebody sets it. */
    this.before = null;
    /** Turns what was set into what is to be called, if they differ. */
    this.adapt = null;
    /** What was set, if the handle calls something else. */
    this.set = null;
  }

  /**
   * @param {Object} handle The handle of a socket
   * @return {(OnreadWatch|null)} Its watch; `null` if it has no `onread`
   */
  static of(handle) {
    const known = handle[kWatch];

    if (known !== undefined) return known;
    if (!('onread' in handle)) return null;

    const watch = new OnreadWatch(handle);

    handle[kWatch] = watch;
    Object.defineProperty(handle, 'onread', PROPERTY);
    return watch;
  }

  /** What was set, by Node or somebody else. */
  get onread() {
    return this.set ?? this.called;
  }

  /** What the handle calls. */
  get called() {
    return Reflect.get(this.prototype, 'onread', this.handle);
  }

  set called(onread) {
    Reflect.set(this.prototype, 'onread', onread, this.handle);
  }

  /**
   * Makes the handle call something else than what was set, now and later.
   *
   * @param {Function} adapt Called with what was set
   */
  replace(adapt) {
    const { onread } = this;

    this.adapt = adapt;
    this.onread = onread;
  }

  set onread(onread) {
    if (this.adapt === null || typeof onread !== 'function') {
      this.called = onread;
    } else {
      this.set = onread;
      this.called = this.adapt(onread);
    }
  }
}

const PROPERTY = {
  configurable: true,
  get() {
    return this[kWatch].onread;
  },
  set(onread) {
    const watch = this[kWatch];

    if (watch.before !== null) watch.before();
    watch.onread = onread;
  }
};

module.exports = OnreadWatch;
