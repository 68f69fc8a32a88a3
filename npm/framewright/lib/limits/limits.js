'use strict';

const { channel } = require('diagnostics_channel');

const { POLICY_VIOLATION, TRY_AGAIN_LATER } = require('../close-codes');
const { isWebSocket } = require('../connections/kinds');
const observe = require('../connections/observe');
const { skipOverlong } = require('./overlong');
const { addressFinder, groupOf } = require('./address');
const refuse = require('./refusal');
const settingsOf = require('./settings');
const Throttle = require('./throttle');

const events = channel('framewright:limit');

/** For each limit, the status of a refused request and the code of a close. */
const ANSWERS = {
  connections: { status: 503, code: TRY_AGAIN_LATER },
  connectionsPerAddress: { status: 429, code: POLICY_VIOLATION }
};

const TEXT = 'Too many connections';

/** Counts connections, and limits the rates of each. */
class Limits {
  #addressOf;
  #addresses = new Map();
  #count = 0;
  #settings;
  #stop;
  #throttles = new Map();

  /**
   * @param {Object} target The connections, see `observe()`
   * @param {Object} options See `settingsOf()`
   */
  constructor(target, options) {
    const settings = settingsOf(options);

    if (
      isWebSocket(target) &&
      (settings.connections || settings.connectionsPerAddress)
    ) {
      throw new TypeError('Connections are limited for a server, not for one');
    }

    this.counts = { refuse: 0, close: 0, drop: 0, pause: 0, skip: 0 };
    this.#settings = settings;
    this.#addressOf = addressFinder(options.trustProxy);
    this.#stop = observe(target, (ws, req) => this.#add(ws, req), {
      takes: (req, socket) => this.#takes(req, socket)
    });
  }

  /** How many connections there are. */
  get connections() {
    return this.#count;
  }

  /** Removes the limits. */
  close() {
    this.#stop();
    for (const throttle of this.#throttles.values()) throttle.stop();
    this.#throttles.clear();
  }

  /** Whether a handshake may begin; else it is refused. */
  #takes(req, socket) {
    const address = this.#addressOf(req);
    const limit = this.#full(groupOf(address));

    if (limit === null || limit.over !== 'refuse') return true;

    this.#tell({ limit, action: 'refuse', address, request: req });
    refuse(socket, ANSWERS[limit.name].status, TEXT);
    return false;
  }

  /** @return {Boolean} Whether the application gets the connection */
  #add(ws, req) {
    const address = req ? this.#addressOf(req) : ws._socket?.remoteAddress;
    const group = groupOf(address);
    // Those that were there before stay.
    const limit = req ? this.#full(group) : null;

    this.#count++;
    this.#addresses.set(group, (this.#addresses.get(group) ?? 0) + 1);
    ws.on('close', () => this.#remove(ws, group));

    if (limit !== null) {
      this.#end(ws, limit, { address, request: req });
      return false;
    }

    const { bytes, clock, messageLength, messages } = this.#settings;
    const rates = [messages, bytes].filter((rate) => rate !== null);

    if (rates.length > 0) {
      this.#throttles.set(
        ws,
        new Throttle(ws, rates, clock, (ws, rate) => {
          this.#tell({
            limit: rate,
            action: rate.over,
            address,
            request: req,
            websocket: ws
          });
        })
      );
    }

    if (messageLength !== null) {
      skipOverlong(ws, messageLength.max, () => {
        // A peer that sends nothing else reaches another limit in the end.
        this.#throttles.get(ws)?.takeOverlong(messageLength.max);
        this.#tell({
          limit: messageLength,
          action: 'skip',
          address,
          request: req,
          websocket: ws
        });
      });
    }

    return true;
  }

  #remove(ws, group) {
    const left = this.#addresses.get(group) - 1;

    this.#count--;
    this.#throttles.delete(ws);
    if (left === 0) this.#addresses.delete(group);
    else this.#addresses.set(group, left);
  }

  /** The limit that one more connection would exceed, if any. */
  #full(group) {
    const { connections, connectionsPerAddress } = this.#settings;

    if (connections !== null && this.#count >= connections.max) {
      return connections;
    }

    if (
      connectionsPerAddress !== null &&
      (this.#addresses.get(group) ?? 0) >= connectionsPerAddress.max
    ) {
      return connectionsPerAddress;
    }

    return null;
  }

  /** Ends a connection that is open already, after several handshakes raced. */
  #end(ws, limit, about) {
    const action = limit.over === 'drop' ? 'drop' : 'close';

    // The application never got it, so nobody listens to its errors.
    ws.on('error', () => {});
    this.#tell({ limit, action, websocket: ws, ...about });

    if (action === 'drop') ws.terminate();
    else ws.close(ANSWERS[limit.name].code, TEXT);
  }

  #tell({ limit, ...about }) {
    const event = { limit: limit.name, ...about };

    this.counts[event.action]++;
    if (events.hasSubscribers) events.publish(event);
    this.#settings.onLimit?.(event);
  }
}

module.exports = Limits;
