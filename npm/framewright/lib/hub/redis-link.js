'use strict';

const { EventEmitter } = require('events');

const { Backlog, ignore, LENGTH_LIMIT, lengthOf } = require('./backlog');
const { publishError, reasonOf } = require('./publish-error');
const clientFor = require('./redis-client');
const Unshared = require('./unshared');

/**
 * A connection to Redis Pub/Sub that may come and go. When Redis is back, it
 * subscribes to all topics wanted by then. Messages published while Redis is away
 * are refused, not kept.
 *
 * Emits `'up'` once all topics are subscribed to, with what was not shared
 * since the last time, `'down'` with the reason, and `'warning'` with the kind
 * and text of any other fault.
 */
class RedisLink extends EventEmitter {
  /**
   * @param {(String|RedisClient)} redis The server's URL, or a client to
   *     connect in the same way, which isn't used itself
   * @param {String} prefix What every channel's name begins with
   * @param {Function} onMessage Called with topic and bytes of each message
   */
  constructor(redis, prefix, onMessage) {
    super();

    this.prefix = prefix;
    this.onMessage = onMessage;
    this.isUp = false;
    this.isClosed = false;
    this.connections = 0;
    this.backlog = new Backlog(
      (topic, bytes) => this.client.publish(prefix + topic, bytes),
      (err) => this.errorFor(err)
    );
    /** What publishers are told while Redis isn't there. */
    this.setAway(new Error('not connected yet'));
    this.unshared = new Unshared();
    /** What was refused last, and the promise of that refusal. */
    this.refusal = null;
    /** The topics that are wanted, and those that were subscribed to. */
    this.wanted = new Set();
    this.held = new Set();
    this.receive = (bytes, channel) => {
      this.guard(() => this.take(channel.toString(), bytes));
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
    // It tries until it is closed. Its errors come as 'error'.
    this.client.connect().catch(() => {});
  }

  /** @param {String} topic A topic that is wanted from now on */
  want(topic) {
    this.wanted.add(topic);
    if (this.client.isReady) this.reconcile(topic);
  }

  /** @param {String} topic A topic that isn't wanted any more */
  drop(topic) {
    this.wanted.delete(topic);
    if (this.client.isReady) this.reconcile(topic);
  }

  /**
   * Passes a message on, if that is possible now.
   *
   * @param {String} topic The topic
   * @param {Buffer} bytes The message
   * @return {Promise<void>} Resolved when Redis has taken it, or rejected with
   *     `publishError()`. Nobody has to handle that
   */
  publish(topic, bytes) {
    if (!this.isUp) {
      if (this.isClosed) {
        return this.refuse('ERR_HUB_CLOSED', 'the hub is closed');
      }

      this.unshared.stayed++;
      return this.away.promise;
    }

    return this.pass(topic, bytes);
  }

  /** @private Passes a message on, unless there is too much of it. */
  pass(topic, bytes) {
    const length = lengthOf(topic, bytes);

    if (length > LENGTH_LIMIT) {
      return this.refuse('ERR_MESSAGE_TOO_LONG', 'they are over 16 MiB');
    }

    if (!this.backlog.hasRoomFor(length)) {
      return this.refuse('ERR_REDIS_BACKLOG', 'Redis does not keep up');
    }

    this.refusal = null;
    return this.backlog.add(topic, bytes);
  }

  /** Ends the connection for good. */
  close() {
    if (this.isClosed) return;

    const { count } = this.backlog;

    this.isClosed = true;
    this.isUp = false;
    this.backlog.clear(publishError('ERR_HUB_CLOSED'));
    this.client.destroy();

    if (count > 0) {
      this.emit(
        'warning',
        'publish',
        'the hub is closed before Redis has taken what was published; ' +
          `messages that may not have reached other processes: ${count}`
      );
    }
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

    const channel = this.channelOf(topic);

    try {
      if (isWanted) {
        this.held.add(topic);
        await this.client.subscribe(channel, this.receive, true);
        this.onSubscribed(topic);
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
    await this.onSubscriptions();
    if (connection !== this.connections || !this.client.isReady) return;

    const { unshared } = this;

    this.isUp = true;
    this.unshared = new Unshared();
    this.emit('up', unshared);
  }

  /** @private */
  channelOf(topic) {
    return this.prefix + topic;
  }

  /** @private */
  take(channel, bytes) {
    this.onMessage(channel.slice(this.prefix.length), bytes);
  }

  /** @private */
  onSubscribed() {}

  /** @private All of them. */
  onSubscriptions() {}

  /** @private Drops what waits for Redis, which is gone. */
  giveUp() {
    this.unshared.stayed += this.backlog.clear(this.away.error);
  }

  /**
   * Calls the hub, whose listeners and logger may throw. The client must not
   * get such an error.
   *
   * @private
   */
  guard(fn) {
    try {
      fn();
    } catch (err) {
      process.nextTick(() => {
        throw err;
      });
    }
  }

  /** @private */
  onError(err) {
    if (this.isClosed) return;

    if (this.client.isReady) {
      this.emit('warning', 'client', reasonOf(err));
      return;
    }

    this.isUp = false;
    this.setAway(err);
    this.giveUp();
    this.emit('down', reasonOf(err));
  }

  /**
   * One promise for all that is published until Redis is there.
   *
   * @private
   */
  setAway(cause) {
    const error = publishError('ERR_REDIS_AWAY', cause);

    this.away = {
      error,
      promise: ignore(Promise.reject(error)),
      lost: publishError('ERR_REDIS_LOST', cause)
    };
  }

  /**
   * The publisher's error for a message that the client had.
   *
   * @private
   */
  errorFor(err) {
    if (this.isClosed) return publishError('ERR_HUB_CLOSED');

    if (!this.isUp) {
      this.unshared.unsure++;
      return this.away.lost;
    }

    this.warnOfStay(reasonOf(err));
    return publishError('ERR_REDIS_REFUSED', err);
  }

  /**
   * Refuses a message, with one promise for all that are refused in a row.
   *
   * @private
   */
  refuse(code, reason) {
    this.warnOfStay(reason);

    if (this.refusal?.code !== code) {
      const promise = ignore(Promise.reject(publishError(code)));

      this.refusal = { code, promise };
    }

    return this.refusal.promise;
  }

  /** @private */
  warnOfStay(reason) {
    this.emit('warning', 'publish', `messages stay in this process: ${reason}`);
  }
}

module.exports = RedisLink;
