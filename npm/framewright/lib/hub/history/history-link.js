'use strict';

const { publishError, reasonOf } = require('../publish-error');
const RedisLink = require('../redis-link');
const { BUFFERS } = require('../redis-settings');
const keysOf = require('./keys');
const { Log } = require('./log');
const Pending = require('./pending');
const { APPEND, READ } = require('./scripts');

/** How much longer than messages the id of the last one is kept, in ms. */
const REMEMBERED = 7 * 24 * 60 * 60 * 1000;

/**
 * What was sent within this time, in ms, may be sent again: Redis still knows
 * whether it had it.
 */
const RESENT = REMEMBERED / 2;

/** Replies of a Redis that will take the message later, or at another node. */
const LATER =
  /^(ASK|BUSY|CLUSTERDOWN|LOADING|MASTERDOWN|MOVED|NOREPLICAS|READONLY|TRYAGAIN)\b/;

/** A connection to topics that Redis keeps the last messages of. */
class HistoryLink extends RedisLink {
  /**
   * @param {(String|RedisClient)} redis See `RedisLink`
   * @param {String} prefix What all names in Redis begin with
   * @param {Object} history
   * @param {{count: Number, age: Number}} history.settings What is kept
   * @param {String} history.origin The publisher's name here
   * @param {Function} history.onMessage Called with topic, id and envelope of
   *     each message
   * @param {Function} history.onMissed Called with a topic of which some are
   *     lost
   */
  constructor(redis, prefix, { settings, origin, onMessage, onMissed }) {
    super(redis, prefix);

    this.settings = settings;
    this.origin = origin;
    this.onMessage = onMessage;
    this.onMissed = onMissed;
    /** The logs by topic, and by channel. */
    this.logs = new Map();
    this.channels = new Map();
    this.backlog = new Pending(
      (topic, batch) => this.append(topic, batch),
      (topic) =>
        !this.client.isReady || this.logs.get(topic)?.position === null,
      (err, batch) => this.verdictOn(err, batch)
    );
    // Messages are bytes.
    this.scripts = this.client.withTypeMapping(BUFFERS);
    this.client.on('changed', () => this.catchUp());
  }

  /** Whether Redis can be asked now. */
  get isReady() {
    return this.client.isReady;
  }

  want(topic) {
    const log = new Log(
      keysOf(this.prefix, topic),
      this,
      (id, envelope) => {
        this.guard(() => this.onMessage(topic, id, envelope));
      },
      () => this.guard(() => this.onMissed(topic))
    );

    this.logs.set(topic, log);
    this.channels.set(log.keys.log, log);
    if (this.isClosed) {
      log.close(publishError('ERR_HUB_CLOSED'));
      return;
    }

    // Asked for before anything is published here, so it comes first.
    if (this.client.isReady) log.catchUp();
    // What is published here waits until it is known what came before.
    log.whenPlaced.then(
      () => this.backlog.flush(topic),
      () => {}
    );
    super.want(topic);
  }

  drop(topic) {
    const log = this.logs.get(topic);

    log.close(publishError('ERR_HUB_CLOSED'));
    this.logs.delete(topic);
    this.channels.delete(log.keys.log);
    super.drop(topic);
  }

  /** It waits for Redis, if that isn't there. */
  publish(topic, bytes) {
    if (this.isClosed) {
      return this.refuse('ERR_HUB_CLOSED', 'the hub is closed');
    }

    return this.pass(topic, bytes);
  }

  close() {
    super.close();
    for (const log of this.logs.values()) {
      log.close(publishError('ERR_HUB_CLOSED'));
    }
    this.logs.clear();
    this.channels.clear();
  }

  /**
   * @param {Object} keys A topic's, see `keysOf()`
   * @param {String} after The id to read after
   * @param {Number[]} limits How many entries, and about how many bytes
   * @return {Promise<{last: String, entries: Object[]}>} The last id there is, and
   *     entries with `id`, `previous` and `envelope`
   */
  async read(keys, after, limits) {
    const [last, ...rest] = await this.scripts.eval(READ, {
      keys: [keys.log, keys.last],
      arguments: [after, ...limits.map(String)]
    });
    const entries = [];

    for (let i = 0; i < rest.length; i += 3) {
      entries.push({
        id: `${rest[i]}`,
        previous: `${rest[i + 1]}`,
        envelope: rest[i + 2]
      });
    }

    return { entries, last: `${last}` };
  }

  /** @private Called by a log. */
  onReadError(err) {
    if (!this.isClosed && isAnswer(err)) {
      this.emit(
        'warning',
        'history',
        `cannot read what Redis keeps: ${reasonOf(err)}`
      );
    }
  }

  /** @private */
  append(topic, batch) {
    const { age, count } = this.settings;
    const { from, last, log } = keysOf(this.prefix, topic);

    return this.scripts.eval(APPEND, {
      keys: [log, last, from + this.origin],
      arguments: [
        String(count),
        String(age),
        String(age + REMEMBERED),
        this.client.isCluster ? 'SPUBLISH' : 'PUBLISH',
        ...batch.flatMap(({ bytes, number }) => [String(number), bytes])
      ]
    });
  }

  /** @private */
  verdictOn(err, { triedAt }) {
    if (Date.now() - triedAt > RESENT) {
      return publishError('ERR_REDIS_LOST', err);
    }

    if (!isAnswer(err) || LATER.test(err.message)) return null;

    this.warnOfLoss(reasonOf(err));
    return publishError('ERR_REDIS_REFUSED', err);
  }

  /** @private */
  warnOfLoss(reason) {
    this.emit('warning', 'publish', `messages reach nobody: ${reason}`);
  }

  /** @private */
  warnOfStay(reason) {
    this.warnOfLoss(reason);
  }

  /** @private Reads what has come while nobody was listening. */
  async catchUp() {
    if (!this.client.isReady) return;

    this.backlog.flushAll();
    await Promise.all([...this.logs.values()].map((log) => log.catchUp()));
  }

  /** @private */
  onSubscribed(topic) {
    this.logs.get(topic)?.catchUp();
  }

  /** @private */
  onSubscriptions() {
    return this.catchUp();
  }

  /** @private Nothing is dropped. */
  giveUp() {}

  /** @private */
  channelOf(topic) {
    return keysOf(this.prefix, topic).log;
  }

  /** @private */
  take(channel, bytes) {
    this.channels.get(channel)?.take(bytes);
  }
}

/** Whether Redis itself says so, and not that it can't be reached. */
function isAnswer(err) {
  for (let type = err?.constructor; type; type = Object.getPrototypeOf(type)) {
    if (type.name === 'ErrorReply') return true;
  }

  return false;
}

module.exports = HistoryLink;
