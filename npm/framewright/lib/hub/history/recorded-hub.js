'use strict';

const { broadcast } = require('../../broadcast/broadcast');
const drained = require('../../broadcast/drained');
const Prepared = require('../../broadcast/prepared');
const { checkNames } = require('../../check-options');
const { seal } = require('../envelope');
const { checkListener, checkTopic, Hub } = require('../hub');
const HistoryLink = require('./history-link');
const Replay = require('./replay');
const settingsOf = require('./settings');

/** The connection or the hub is closed: nobody wants the rest. */
const ENDS = ['ERR_CONNECTION_CLOSED', 'ERR_HUB_CLOSED'];

/** How many bytes may wait for a connection while it gets what it missed. */
const THRESHOLD = 1024 * 1024;

const PUBLISH_OPTIONS = ['binary'];
const SUBSCRIBE_OPTIONS = ['after'];

/**
 * A hub whose messages Redis numbers and keeps for a while. All processes, the
 * publishing one included, deliver them in the order of their ids. Subscribers
 * and processes that were away get what they missed.
 *
 * Emits `'missed'` where that is no longer kept.
 */
class RecordedHub extends Hub {
  /** @param {Object} options See `Hub`, and `history`: see `settingsOf()` */
  constructor(options) {
    if (options.redis === undefined) {
      throw new TypeError('options.history needs options.redis');
    }

    if (options.slow === 'skip') {
      throw new TypeError(
        "options.slow can't be 'skip' with options.history; 'close' " +
          'lets a connection come back for what it missed'
      );
    }

    super(options);

    /** The replays under way, by connection and topic. */
    this.replays = new Map();
  }

  join(ws, topic) {
    checkTopic(topic);
    // It is about to.
    if (this.replays.get(ws)?.has(topic)) return true;
    return super.join(ws, topic);
  }

  leave(ws, topic) {
    const replays = this.replays.get(ws);

    if (replays?.has(topic)) {
      replays.get(topic).cancel();
      replays.delete(topic);
      if (replays.size === 0) this.replays.delete(ws);
    }

    return super.leave(ws, topic);
  }

  /**
   * Lets a connection come back to a topic. It is sent what it missed, in
   * order, and then new messages.
   *
   * @param {WebSocket} ws The connection
   * @param {String} topic The topic
   * @param {String} [after] The id of the last message that it has
   * @return {Promise<Object>} Whether it has `joined`, whether some messages that
   *     it `missed` are kept no more, how many were `replayed`, and the `id` of
   *     the last message up to here
   */
  async resume(ws, topic, after) {
    checkTopic(topic);
    checkId(after);
    this.leave(ws, topic);

    if (this.link.isClosed || !super.join(ws, topic)) {
      return { joined: false, missed: false, replayed: 0, id: after };
    }

    // It is a member at once, so that it leaves when it closes.
    const { connections } = this.topics.get(topic);

    connections.delete(ws);

    const replay = this.replay(topic, after, {
      send: (id, envelope) => this.frame(topic, id, envelope)?.send(ws),
      onMissed: () => this.emit('missed', { topic, connections: [ws] }),
      join: () => {
        this.replays.get(ws).delete(topic);
        if (this.replays.get(ws).size === 0) this.replays.delete(ws);
        connections.add(ws);
      },
      pace: () =>
        drained(ws, { threshold: this.options.threshold ?? THRESHOLD })
    });

    if (!this.replays.has(ws)) this.replays.set(ws, new Map());
    this.replays.get(ws).set(topic, replay);
    return this.run(topic, replay);
  }

  /**
   * Calls a function with each message of a topic, its kind and its id.
   *
   * @param {String} topic The topic
   * @param {Function} listener Called with a Buffer, not to be changed, whether
   *     the message is binary, and its id
   * @param {Object} [options] Options object
   * @param {String} [options.after] The id of the last message that it has
   * @return {Function} Ends it
   */
  subscribe(topic, listener, options = {}) {
    checkTopic(topic);
    checkListener(listener);
    checkNames(options, SUBSCRIBE_OPTIONS);
    checkId(options.after);

    const own = (data, isBinary, id) => listener(data, isBinary, id);

    if (options.after === undefined) return this.listen(topic, own);

    let end = () => {};
    const replay = this.replay(topic, options.after, {
      send: (id, envelope) => {
        const message = this.unseal(topic, envelope);

        if (message === null) return;
        this.link.guard(() => own(message.payload, message.isBinary, id));
      },
      onMissed: () => this.emit('missed', { topic, connections: [], listener }),
      join: () => {
        end = this.listen(topic, own);
      },
      pace: () => Promise.resolve()
    });

    this.run(topic, replay);
    return () => {
      replay.cancel();
      end();
    };
  }

  /**
   * Publishes a message. It reaches the connections of this process, like those
   * of others, once Redis has numbered it.
   *
   * @param {String} topic The topic
   * @param {*} data The message, or what `prepare()` made of it
   * @param {Object} [options] Whether it is `binary`
   * @return {{shared: Promise<void>}} `shared` is resolved when Redis has taken
   *     it; nobody has to handle its rejection
   */
  publish(topic, data, options = {}) {
    checkTopic(topic);
    checkNames(options, PUBLISH_OPTIONS);

    const { binary, payload } =
      data instanceof Prepared ? data : new Prepared(data, options);
    const counts = { sent: 0, skipped: 0, dropped: 0, closed: 0 };

    return Object.defineProperty(counts, 'shared', {
      value: this.link.publish(topic, seal(this.origin, payload, binary))
    });
  }

  /** @private */
  connect(redis, prefix, { history }) {
    this.history = settingsOf(history);

    return new HistoryLink(redis, prefix, {
      settings: this.history,
      origin: this.origin.toString('hex'),
      onMessage: (topic, id, envelope) => this.pass(topic, id, envelope),
      onMissed: (topic) => {
        const { connections } = this.topics.get(topic);

        this.emit('missed', { topic, connections: [...connections] });
      }
    });
  }

  get whileAway() {
    return 'messages wait until it is back';
  }

  /** @private Delivers a message of the log. */
  pass(topic, id, envelope) {
    const { connections, listeners } = this.topics.get(topic);
    const message = this.unseal(topic, envelope);

    if (message === null) return;

    if (connections.size > 0) {
      broadcast(connections, this.prepare(topic, id, message), this.options);
    }

    for (const listener of listeners) {
      this.link.guard(() => listener(message.payload, message.isBinary, id));
    }
  }

  /** @private */
  frame(topic, id, envelope) {
    const message = this.unseal(topic, envelope);

    return message === null ? null : this.prepare(topic, id, message);
  }

  /** @private What connections are sent for a message. */
  prepare(topic, id, { isBinary, payload }) {
    const { compress } = this.options;
    const data = this.history.format({ data: payload, id, isBinary, topic });

    return new Prepared(data, { binary: isBinary, compress });
  }

  /** @private A replay that keeps the topic open. */
  replay(topic, after, subscriber) {
    const release = this.listen(topic, () => {});
    const replay = new Replay(this.link.logs.get(topic), after, subscriber);

    replay.release = release;
    return replay;
  }

  /** @private */
  async run(topic, replay) {
    try {
      return await replay.run();
    } catch (err) {
      if (!ENDS.includes(err.code)) throw err;
      return replay.result();
    } finally {
      replay.release();
    }
  }
}

function checkId(after) {
  if (after !== undefined && typeof after !== 'string') {
    throw new TypeError('The id to go on after must be a string');
  }
}

module.exports = RecordedHub;
