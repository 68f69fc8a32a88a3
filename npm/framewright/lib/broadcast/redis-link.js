'use strict';

const { EventEmitter } = require('events');

const clientFor = require('./redis-client');

/** How much may be on its way to Redis at a time, in octets. */
const PENDING_LIMIT = 16 * 1024 * 1024;

/**
 * A connection to Redis Pub/Sub that may come and go. It keeps to the topics
 * that are wanted, whether they were before or while Redis was away, and gives
 * up messages rather than hold them until it is back.
 *
 * Emits `'up'` once all topics are subscribed to, `'down'` with the reason, and
 * `'warning'` with what else went wrong: its kind, and a text.
 */
class RedisLink extends EventEmitter {
  /**
   * @param {(String|RedisClient)} redis The server's URL, or a client to connect
   *     alike; the client itself is left alone
   * @param {String} prefix What every channel's name begins with
   * @param {Function} onMessage Called with topic and octets of each message
   */
  constructor(redis, prefix, onMessage) {
    super();

    this.prefix = prefix;
    this.isUp = false;
    this.isClosed = false;
    this.isComplaining = false;
    this.connections = 0;
    this.pendingLength = 0;
    /** The topics that are wanted, and those that were subscribed to. */
    this.wanted = new Set();
    this.held = new Set();
    this.receive = (octets, channel) => {
      try {
        onMessage(channel.toString().slice(prefix.length), octets);
      } catch (err) {
        // A listener or a logger threw. The client is not the one to be told.
        process.nextTick(() => {
          throw err;
        });
      }
    };

    this.client = clientFor(redis);
    this.client.on('error', (err) => this.onError(err));
    this.client.on('ready', () => this.onReady());
    this.client.on('connect', () => {
      // A socket that was still connecting isn't ended by `destroy()`.
      if (this.isClosed) this.client.destroy();
    });
    this.client.on('terminated', (err) => {
      this.emit(
        'warning',
        'client',
        `Redis is given up for good: ${reasonOf(err)}`
      );
    });
    // It tries until it is closed; what goes wrong comes as 'error'.
    this.client.connect().catch(() => {});
  }

  /** @param {String} topic Whose messages are wanted from now on */
  want(topic) {
    this.wanted.add(topic);
    if (this.client.isReady) this.reconcile(topic);
  }

  /** @param {String} topic Whose messages aren't wanted any more */
  drop(topic) {
    this.wanted.delete(topic);
    if (this.client.isReady) this.reconcile(topic);
  }

  /**
   * Passes a message on, if that can be done now.
   *
   * @param {String} topic The topic
   * @param {Buffer} octets The message
   */
  publish(topic, octets) {
    if (!this.isUp) return;

    if (this.pendingLength + octets.length > PENDING_LIMIT) {
      this.complain('Redis does not keep up');
      return;
    }

    this.pendingLength += octets.length;
    this.client
      .publish(this.prefix + topic, octets)
      .then(
        () => (this.isComplaining = false),
        // Where the connection was lost, that is what is told.
        (err) => this.isUp && this.complain(reasonOf(err))
      )
      .finally(() => (this.pendingLength -= octets.length));
  }

  /** Ends the connection for good. */
  close() {
    this.isClosed = true;
    this.isUp = false;
    this.client.destroy();
  }

  /**
   * Brings one topic's subscription in line with whether it is wanted.
   *
   * @return {Promise<void>} Resolved when it is, or the connection is lost
   * @private
   */
  async reconcile(topic) {
    const isWanted = this.wanted.has(topic);

    if (isWanted === this.held.has(topic)) return;

    const channel = this.prefix + topic;

    try {
      if (isWanted) {
        this.held.add(topic);
        await this.client.subscribe(channel, this.receive, true);
      } else {
        this.held.delete(topic);
        await this.client.unsubscribe(channel, this.receive, true);
      }
    } catch (err) {
      if (isWanted) this.held.delete(topic);
      else this.held.add(topic);

      if (this.client.isReady) {
        this.emit(
          'warning',
          'subscribe',
          `cannot subscribe in Redis: ${reasonOf(err)}`
        );
      }
    }
  }

  /** @private */
  async onReady() {
    const connection = ++this.connections;
    const topics = new Set([...this.wanted, ...this.held]);

    await Promise.all([...topics].map((topic) => this.reconcile(topic)));
    if (connection !== this.connections || !this.client.isReady) return;

    this.isUp = true;
    this.emit('up');
  }

  /** @private */
  onError(err) {
    if (this.client.isReady) {
      this.emit('warning', 'client', reasonOf(err));
      return;
    }

    this.isUp = false;
    this.emit('down', reasonOf(err));
  }

  /** Tells of a trouble once, however many messages it hits. */
  complain(reason) {
    if (this.isComplaining) return;
    this.isComplaining = true;
    this.emit('warning', 'publish', `messages stay in this process: ${reason}`);
  }
}

/** An error without a message of its own holds several, one an address. */
function reasonOf(err) {
  return err.message || err.errors?.[0]?.message || err.code || String(err);
}

module.exports = RedisLink;
