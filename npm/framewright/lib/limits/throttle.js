'use strict';

const { POLICY_VIOLATION } = require('../close-codes');
const Bucket = require('./bucket');

/**
 * Holds one connection to its rates. It sees what ws emits before the
 * application's listeners do, by an `emit()` of the connection's own.
 */
class Throttle {
  /**
   * @param {WebSocket} ws The connection
   * @param {Object[]} rates The limits, see `settingsOf()`
   * @param {Object} clock The clock to use
   * @param {Function} onOver Called with the connection and the limit that it
   *     exceeds
   */
  constructor(ws, rates, clock, onOver) {
    const now = clock.now();

    this.ws = ws;
    this.clock = clock;
    this.onOver = onOver;
    this.rates = rates.map((rate) => ({
      ...rate,
      bucket: new Bucket(rate.perSecond, rate.burst, now)
    }));
    /**
     * Whether it is being closed for exceeding a limit: nothing more is
     * delivered.
     */
    this.isEnded = false;
    /**
     * Whether it is paused for that, and whether the application has paused it.
     */
    this.timer = null;
    this.isPausedByApp = false;
    this.methods = { emit: ws.emit, pause: ws.pause, resume: ws.resume };
    this.install();
  }

  /** @private */
  install() {
    const throttle = this;
    const { emit } = this.methods;

    this.ws.emit = function (name, data) {
      switch (name) {
        case 'message':
          if (!throttle.take(data, true)) return false;
          break;
        case 'ping':
        case 'pong':
          if (!throttle.take(data, false)) return false;
          break;
        case 'close':
          throttle.stop();
      }

      return emit.apply(this, arguments);
    };

    if (!this.rates.some(({ over }) => over === 'pause')) return;

    // If the application pauses or resumes meanwhile, that takes effect when
    // this pause is over.
    this.ws.pause = function () {
      throttle.isPausedByApp = true;
      if (throttle.timer === null) throttle.pause();
    };
    this.ws.resume = function () {
      throttle.isPausedByApp = false;
      if (throttle.timer === null) throttle.resume();
    };
  }

  /**
   * Counts a message, ping or pong against the limits.
   *
   * @param {*} data A message, or the payload of a ping or pong
   * @param {Boolean} isMessage Whether it is a message, which can be skipped
   * @return {Boolean} Whether it is to be delivered
   * @private
   */
  take(data, isMessage) {
    if (this.isEnded) return false;

    const now = this.clock.now();

    for (const rate of this.rates) {
      const count = rate.name === 'bytes' ? lengthOf(data) : 1;

      if (rate.bucket.has(count, now)) continue;

      if (rate.over === 'skip') {
        // A ping is answered already.
        if (!isMessage) continue;
        this.onOver(this.ws, rate);
        return false;
      }

      if (rate.over !== 'pause') {
        this.end(rate);
        return false;
      }
    }

    for (const { bucket, name } of this.rates) {
      bucket.take(name === 'bytes' ? lengthOf(data) : 1);
    }

    this.pauseIfIndebted(now);
    return true;
  }

  /** @param {Number} length The least length of a message that was skipped */
  takeOverlong(length) {
    this.take({ byteLength: length }, true);
  }

  /** @private */
  end(rate) {
    this.isEnded = true;
    this.onOver(this.ws, rate);

    if (rate.over === 'drop') this.ws.terminate();
    else this.ws.close(POLICY_VIOLATION, `Too many ${rate.name}`);
  }

  /** @private */
  pauseIfIndebted(now) {
    if (this.timer !== null) return;

    const rate = this.rates.find(
      ({ bucket, over }) => over === 'pause' && bucket.debt(now) > 0
    );

    if (rate === undefined) return;

    this.isPausedByApp = this.ws.isPaused === true;
    this.pause();
    this.wait(now);
    this.onOver(this.ws, rate);
  }

  /** @private */
  wait(now) {
    const debts = this.rates.map(({ bucket, over }) =>
      over === 'pause' ? bucket.debt(now) : 0
    );
    const longest = Math.max(...debts);

    if (longest > 0) {
      this.timer = this.clock.setTimeout(
        () => this.wait(this.clock.now()),
        Math.ceil(longest)
      );
    } else {
      this.timer = null;
      if (!this.isPausedByApp) this.resume();
    }
  }

  /** @private */
  pause() {
    const { pause } = this.methods;

    // ws has it since 8.7.
    if (pause) pause.call(this.ws);
    else this.ws._socket?.pause();
  }

  /** @private */
  resume() {
    const { resume } = this.methods;

    if (resume) resume.call(this.ws);
    else this.ws._socket?.resume();
  }

  /** Stops: the connection is closed, or its limits are removed. */
  stop() {
    this.rates = [];
    if (this.timer === null) return;

    this.clock.clearTimeout(this.timer);
    this.timer = null;
    if (!this.isPausedByApp) this.resume();
  }
}

/** The length of data in bytes, in any type that the application may choose. */
function lengthOf(data) {
  if (typeof data === 'string') return Buffer.byteLength(data);

  if (Array.isArray(data)) {
    return data.reduce((sum, part) => sum + part.length, 0);
  }

  return data.byteLength ?? data.size;
}

module.exports = Throttle;
