'use strict';

const { channel } = require('diagnostics_channel');

const clockOf = require('../connections/clock');
const observe = require('../connections/observe');
const {
  checkFunction,
  checkNames,
  checkPositive
} = require('../check-options');
const Member = require('./member');
const Wheel = require('./wheel');

const INTERVAL = 30_000;
const TIMEOUT = 10_000;

const pongs = channel('framewright:pong');
const deaths = channel('framewright:dead');

/** Pings connections that are silent, and ends those that don't answer. */
class Heartbeat {
  #members = new Map();
  #onDead;
  #pace;
  #stop;

  /**
   * @param {Object} target What to watch, see `observe()`
   * @param {Object} [options] Options object
   * @param {Number} [options.interval=30000] How long a connection may be silent
   *     before it is pinged, in ms
   * @param {Number} [options.timeout=10000] How long it may take to answer, in ms
   * @param {Function} [options.onDead] Called with a connection that didn't
   *     answer, before it is terminated
   * @param {Object} [options.clock] `setInterval()`, `clearInterval()` and
   *     `now()` in place of the real ones
   */
  constructor(target, options = {}) {
    checkNames(options, ['interval', 'timeout', 'onDead', 'clock']);

    const { interval = INTERVAL, onDead, timeout = TIMEOUT } = options;

    checkPositive(interval, 'options.interval', 'milliseconds');
    checkPositive(timeout, 'options.timeout', 'milliseconds');
    checkFunction(onDead, 'options.onDead');

    this.counts = { dead: 0, pings: 0, pongs: 0 };
    this.#onDead = onDead;
    this.#pace = {
      interval,
      timeout,
      clock: clockOf(options.clock, ['setInterval', 'clearInterval', 'now'])
    };
    this.#stop = observe(target, (ws) => this.#add(ws));
  }

  /** How many connections it watches. */
  get size() {
    return this.#members.size;
  }

  /**
   * @param {WebSocket} ws A connection
   * @return {(Number|undefined)} What its last round trip took, in ms; undefined
   *     if none was measured yet
   */
  roundTrip(ws) {
    return this.#members.get(ws)?.roundTrip;
  }

  /** Stops watching all connections. They stay open. */
  close() {
    this.#stop();
    for (const ws of [...this.#members.keys()]) this.#remove(ws);
  }

  /** @private Called by the wheel: a connection has not answered. */
  onSilent({ ws }) {
    this.counts.dead++;

    try {
      if (deaths.hasSubscribers) deaths.publish({ websocket: ws });
      this.#onDead?.(ws);
    } finally {
      ws.terminate();
    }
  }

  #add(ws) {
    const member = new Member(ws, this, Wheel.of(this.#pace));

    this.#members.set(ws, member);
    member.wheel.add(member);
    ws.on('pong', this.#onPong);
    ws.on('close', this.#onClose);
  }

  #remove(ws) {
    const member = this.#members.get(ws);

    this.#members.delete(ws);
    member.wheel.remove(member);
    member.release();
    ws.off('pong', this.#onPong);
    ws.off('close', this.#onClose);
  }

  // One of each for all connections, which are `this` to them.

  #onPong = ((heartbeat) =>
    function (payload) {
      heartbeat.#takePong(this, payload);
    })(this);

  #onClose = ((heartbeat) =>
    function () {
      heartbeat.#remove(this);
    })(this);

  #takePong(ws, payload) {
    const member = this.#members.get(ws);
    const roundTrip = member.wheel.roundTrip(member, payload);

    if (roundTrip === undefined) return;

    member.roundTrip = roundTrip;
    this.counts.pongs++;
    if (pongs.hasSubscribers) pongs.publish({ websocket: ws, roundTrip });
  }
}

module.exports = Heartbeat;
