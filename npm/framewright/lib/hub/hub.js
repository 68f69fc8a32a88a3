'use strict';

const { randomBytes } = require('crypto');
const { EventEmitter } = require('events');

const {
  BROADCAST_OPTIONS,
  broadcast,
  policyOf
} = require('../broadcast/broadcast');
const Prepared = require('../broadcast/prepared');
const { checkNames } = require('../check-options');
const { open, ORIGIN_LENGTH, seal } = require('./envelope');
const RedisLink = require('./redis-link');
const Warnings = require('./warnings');

const CLOSED = 3;

/**
 * The `shared` of messages where there is no other process to share them with.
 */
const SHARED = Promise.resolve();

/**
 * Topics, the connections that have joined them, and the functions that listen
 * to them. With Redis, what one process publishes reaches all processes.
 *
 * Emits `'shared'` when Redis has come (back) and `'local'` when it is gone.
 */
class Hub extends EventEmitter {
  /**
   * @param {Object} [options] Options for `broadcast()`, used for what comes
   *     from other processes and, by default, for what is published here; and
   * @param {(String|RedisClient)} [options.redis] The URL of a Redis server, or
   *     a client of the npm package `redis` to connect alike
   * @param {String} [options.prefix='framewright:'] What the names of the
   *     channels in Redis begin with
   * @param {{info: Function, warn: Function}} [options.logger=console] Told
   *     when Redis is gone and when it is back, and about messages that are
   *     left out or not shared
   */
  constructor(options = {}) {
    super();

    const { compress, logger, prefix, redis, slow, threshold } = options;

    policyOf(options);
    this.options = { compress, slow, threshold };
    this.logger = logger ?? console;
    this.warnings = new Warnings((text) => this.log('warn', text));
    this.topics = new Map();
    /** By connection, its topics and how it leaves them when it closes. */
    this.members = new Map();
    this.origin = randomBytes(ORIGIN_LENGTH);
    this.isAway = false;
    this.link = null;

    if (redis !== undefined) {
      this.link = this.connect(redis, prefix ?? 'framewright:', options);
      this.watch(this.link);
    }
  }

  /** Whether what is published here reaches other processes. */
  get isShared() {
    return this.link !== null && this.link.isUp;
  }

  /**
   * Sends a connection what is published on a topic, until it closes.
   *
   * @param {WebSocket} ws The connection
   * @param {String} topic The topic
   * @return {Boolean} Whether it has joined; a closed connection doesn't
   */
  join(ws, topic) {
    checkTopic(topic);
    if (ws.readyState === CLOSED) return false;

    let member = this.members.get(ws);

    if (member === undefined) {
      member = { topics: new Set(), onClose: () => this.leaveAll(ws) };
      this.members.set(ws, member);
      ws.on('close', member.onClose);
    }

    member.topics.add(topic);
    this.open(topic).connections.add(ws);
    return true;
  }

  /**
   * @param {WebSocket} ws A connection that is to leave a topic
   * @param {String} topic The topic
   * @return {Boolean} Whether it had joined
   */
  leave(ws, topic) {
    const member = this.members.get(ws);

    if (member === undefined || !member.topics.delete(topic)) return false;

    this.topics.get(topic).connections.delete(ws);
    this.closeIfUnused(topic);

    if (member.topics.size === 0) {
      this.members.delete(ws);
      ws.off('close', member.onClose);
    }

    return true;
  }

  /**
   * Calls a function with each message that is published on a topic, here or
   * in another process.
   *
   * @param {String} topic The topic
   * @param {Function} listener Called with a Buffer, not to be changed, and
   *     whether the message is binary
   * @return {Function} Ends it
   */
  subscribe(topic, listener) {
    checkTopic(topic);
    checkListener(listener);

    // Each call can be undone by itself, even with the same function.
    const own = (data, isBinary) => listener(data, isBinary);

    return this.listen(topic, own);
  }

  /** @private */
  listen(topic, own) {
    this.open(topic).listeners.add(own);

    return () => {
      if (this.topics.get(topic)?.listeners.delete(own)) {
        this.closeIfUnused(topic);
      }
    };
  }

  /**
   * Sends a message to all connections that have joined a topic: to those of
   * this process at once, to those of others through Redis.
   *
   * @param {String} topic The topic
   * @param {*} data The message, or what `prepare()` made of it
   * @param {Object} [options] Options for `broadcast()`, in place of the hub's.
   *     Other processes use their own
   * @return {{sent: Number, skipped: Number, dropped: Number, closed: Number,
   *     shared: Promise<void>}} What became of it in this process. `shared` is
   *     resolved when Redis has taken it; nobody has to handle its rejection
   */
  publish(topic, data, options) {
    checkTopic(topic);
    if (options !== undefined) checkNames(options, BROADCAST_OPTIONS);

    const settings =
      options === undefined ? this.options : { ...this.options, ...options };
    const prepared =
      data instanceof Prepared ? data : new Prepared(data, settings);

    // First, so that what a listener publishes in answer comes after it.
    const shared =
      this.link === null
        ? SHARED
        : this.link.publish(
            topic,
            seal(this.origin, prepared.payload, prepared.binary)
          );
    const counts = this.deliver(topic, prepared, settings);

    // Not enumerable: the counts are numbers.
    return Object.defineProperty(counts, 'shared', { value: shared });
  }

  /**
   * Lets a connection come back to a topic and get what it missed.
   *
   * @throws {TypeError} Since there is no history
   */
  resume() {
    throw new TypeError('hub.resume() needs createHub({ redis, history })');
  }

  /** Removes all connections and listeners, and leaves Redis. */
  close() {
    for (const ws of [...this.members.keys()]) this.leaveAll(ws);
    this.topics.clear();
    if (this.link !== null) this.link.close();
    this.warnings.flush();
  }

  /** @private */
  connect(redis, prefix) {
    return new RedisLink(redis, prefix, (topic, bytes) => {
      this.receive(topic, bytes);
    });
  }

  /** @private Reports the state of the connection to Redis. */
  watch(link) {
    link.on('up', (unshared) => {
      const losses = `${unshared}`;

      if (this.isAway || losses !== '') {
        this.log(
          'info',
          `Redis is there; messages reach all processes${losses}`
        );
      }

      this.isAway = false;
      this.emit('shared');
    });
    link.on('down', (reason) => {
      // Logged once, not at every attempt to connect.
      if (this.isAway) return;

      this.isAway = true;
      this.log('warn', `Redis is gone (${reason}); ${this.whileAway}`);
      this.emit('local');
    });
    link.on('warning', (kind, text) => this.warnings.add(kind, text));
  }

  /** @private What happens to messages meanwhile. */
  get whileAway() {
    return 'messages reach only this process until it is back';
  }

  /**
   * Takes what comes from Redis.
   *
   * @private
   */
  receive(topic, bytes) {
    const message = this.unseal(topic, bytes);

    // What was published here has been delivered already.
    if (message === null || message.origin.equals(this.origin)) return;

    const { isBinary: binary, payload } = message;
    const { compress } = this.options;

    this.deliver(
      topic,
      new Prepared(payload, { binary, compress }),
      this.options
    );
  }

  /** @private */
  unseal(topic, bytes) {
    try {
      return open(bytes);
    } catch (err) {
      this.warnings.add(
        'malformed',
        `a message on ${topic} is left out: ${err.message}`
      );
      return null;
    }
  }

  /** @private */
  deliver(topic, prepared, options) {
    const { connections, listeners } = this.topics.get(topic) ?? NOBODY;
    const counts = broadcast(connections, prepared, options);

    for (const listener of listeners) {
      listener(prepared.payload, prepared.binary);
    }

    return counts;
  }

  /** @private */
  open(topic) {
    let place = this.topics.get(topic);

    if (place === undefined) {
      place = { connections: new Set(), listeners: new Set() };
      this.topics.set(topic, place);
      if (this.link !== null) this.link.want(topic);
    }

    return place;
  }

  /** @private */
  closeIfUnused(topic) {
    const { connections, listeners } = this.topics.get(topic);

    if (connections.size > 0 || listeners.size > 0) return;

    this.topics.delete(topic);
    if (this.link !== null) this.link.drop(topic);
  }

  /** @private */
  leaveAll(ws) {
    for (const topic of [...this.members.get(ws).topics]) this.leave(ws, topic);
  }

  /** @private */
  log(level, text) {
    this.logger[level](`framewright hub: ${text}`);
  }
}

const NOBODY = { connections: [], listeners: [] };

function checkTopic(topic) {
  if (typeof topic !== 'string') {
    throw new TypeError('The topic must be a string');
  }
}

function checkListener(listener) {
  if (typeof listener !== 'function') {
    throw new TypeError('The listener must be a function');
  }
}

module.exports = { checkListener, checkTopic, Hub };
