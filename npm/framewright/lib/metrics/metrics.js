'use strict';

const { errorMonitor, EventEmitter } = require('events');

const observe = require('../connections/observe');
const { checkNames } = require('../check-options');
const channels = require('./channels');
const Counted = require('./counting/counted');
const { Counts } = require('./counting/counts');
const Histogram = require('./histogram');
const { live } = require('./live');

/** Bounds of a handler's time and of a round trip, in ms. */
const HANDLER_BOUNDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000];
const ROUND_TRIP_BOUNDS = [1, 3, 10, 30, 100, 300, 1000, 3000, 10000];

/**
 * Counts what happens on connections.
 *
 * Emits `'open'`, `'close'`, `'failed'`, `'handled'` and `'roundTrip'` for
 * exporters.
 */
class Metrics extends EventEmitter {
  #connections = new Map();
  #messages;
  /** The counts of closed connections, uncompressed and compressed ones. */
  #gone = [new Counts(), new Counts()];
  #stops;
  #subscriptions;

  /**
   * @param {(Object|Object[])} target The connections, see `observe()`
   * @param {Object} [options] Options object
   * @param {Boolean} [options.messages=true] Whether messages are counted.
   *     Nothing else costs anything for each message
   */
  constructor(target, options = {}) {
    super();
    checkNames(options, ['messages']);

    this.#messages = options.messages ?? true;

    this.opened = 0;
    this.handshakes = 0;
    /** Counts by close code, by error code, and by action. */
    this.closed = new Map();
    this.errors = new Map();
    this.limited = new Map();
    this.slow = new Map();
    this.dead = 0;
    this.handlerTime = new Histogram(HANDLER_BOUNDS);
    this.roundTrips = new Histogram(ROUND_TRIP_BOUNDS);

    this.#subscriptions = this.#subscribe();
    this.#stops = [target].flat().map((one) =>
      observe(one, (ws, req) => this.#add(ws, req), {
        takes: () => {
          this.handshakes++;
          return true;
        }
      })
    );
    live.add(this);
  }

  /** How many connections are open. */
  get open() {
    return this.#connections.size;
  }

  /** What waits to be sent, in bytes. */
  get buffered() {
    let buffered = 0;

    for (const ws of this.#connections.keys()) buffered += ws.bufferedAmount;
    return buffered;
  }

  /** @return {Counts} What went over all connections so far */
  total() {
    const [plain, compressed] = this.#totals();

    plain.add(compressed);
    return plain;
  }

  /**
   * @param {WebSocket} ws A connection
   * @return {(Object|undefined)} Its counts; undefined if it isn't counted
   */
  connection(ws) {
    return this.#connections.get(ws)?.read().report();
  }

  /** @return {Object} Everything, for people to look at */
  snapshot() {
    const [, compressed] = this.#totals();

    return {
      connections: {
        handshakes: this.handshakes,
        opened: this.opened,
        open: this.open,
        closed: Object.fromEntries(this.closed),
        errors: Object.fromEntries(this.errors),
        dead: this.dead
      },
      ...this.total().report(),
      compression: compressed.ratios(),
      bufferedBytes: this.buffered,
      handlerTime: this.handlerTime.report(),
      roundTrips: this.roundTrips.report(),
      limited: Object.fromEntries(this.limited),
      slow: Object.fromEntries(this.slow)
    };
  }

  /** Stops counting. What was counted can still be read. */
  close() {
    for (const stop of this.#stops) stop();
    live.delete(this);
    for (const [channel, listener] of this.#subscriptions) {
      channel.unsubscribe(listener);
    }
    for (const [ws, counted] of this.#connections) this.#remove(ws, counted);
    this.removeAllListeners();
  }

  /** @private Called by a connection: how long a handler took, in ms. */
  onHandled(time) {
    this.handlerTime.record(time);
    this.emit('handled', time);
  }

  // One of each for all connections, which are `this` to them.

  #onError = ((metrics) =>
    function (error) {
      add(metrics.errors, error?.code ?? error?.name ?? 'Error');
      metrics.#publish(channels.error, this, { websocket: this, error });
      metrics.emit('failed', this, error);
    })(this);

  #onClose = ((metrics) =>
    function (code, reason) {
      add(metrics.closed, code);
      metrics.#publish(channels.close, this, {
        websocket: this,
        code,
        reason
      });
      metrics.emit('close', this, code, reason);
      metrics.#connections.get(this).isClosed = true;
      metrics.#remove(this, metrics.#connections.get(this));
    })(this);

  #add(ws, req) {
    const counted = Counted.of(ws);

    this.opened++;
    counted.owners.push(this);
    if (this.#messages) counted.countMessages();
    this.#connections.set(ws, counted);
    // This listener doesn't count as handling errors.
    ws.on(errorMonitor, this.#onError);
    ws.on('close', this.#onClose);
    this.#publish(channels.open, ws, { websocket: ws, request: req });
    this.emit('open', ws, req);
  }

  /** Publishes an event once, however many `Metrics` count it. */
  #publish(channel, ws, message) {
    const counted = this.#connections.get(ws);

    if (counted.owners[0] === this && !counted.isClosed) {
      channel.publish(message);
    }
  }

  #remove(ws, counted) {
    this.#gone[Number(counted.isCompressed)].add(counted.read());
    this.#connections.delete(ws);
    counted.release(this);
    ws.off(errorMonitor, this.#onError);
    ws.off('close', this.#onClose);
  }

  #totals() {
    const totals = [new Counts(), new Counts()];

    for (const i of [0, 1]) totals[i].add(this.#gone[i]);
    for (const counted of this.#connections.values()) {
      totals[Number(counted.isCompressed)].add(counted.read());
    }

    return totals;
  }

  /**
   * Listens to what heartbeats, limits and broadcasts publish about these
   * connections.
   */
  #subscribe() {
    const subscriptions = [
      [
        channels.pong,
        ({ roundTrip, websocket }) => {
          if (!this.#connections.has(websocket)) return;
          this.roundTrips.record(roundTrip);
          this.emit('roundTrip', roundTrip);
        }
      ],
      [
        channels.dead,
        ({ websocket }) => {
          if (this.#connections.has(websocket)) this.dead++;
        }
      ],
      [
        channels.slow,
        ({ action, websocket }) => {
          if (this.#connections.has(websocket)) add(this.slow, action);
        }
      ],
      // A refused client never became a connection.
      [
        channels.limit,
        ({ action, limit }) => add(this.limited, `${limit} ${action}`)
      ]
    ];

    for (const [channel, listener] of subscriptions) {
      channel.subscribe(listener);
    }

    return subscriptions;
  }
}

function add(counts, name) {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

module.exports = Metrics;
