'use strict';

const { EventEmitter } = require('events');

const { delayOf } = require('./redis-settings');

/** How often to check for messages that were missed, in ms. */
const CHECK_INTERVAL = 10 * 1000;

/** When a subscription is tried again, in ms. */
const RETRY_DELAY = 500;

/** A node's client emits it when the node has given a channel away. */
const MOVED = 'sharded-channel-moved';

/**
 * A Redis Cluster with the methods of a single client. Channels are sharded:
 * each is at the node of its slot. A fault at one node stays there: the cluster
 * is gone only when all nodes are.
 *
 * Emits what a client does, and `'changed'` when messages may have been missed:
 * a node is back, or a channel has moved.
 */
class ClusterClient extends EventEmitter {
  /**
   * @param {RedisCluster} cluster The cluster's client, which nobody else uses
   */
  constructor(cluster) {
    super();

    this.isCluster = true;
    this.isClosed = false;
    this.cluster = cluster;
    /** Addresses of the nodes that can't be reached. */
    this.broken = new Set();
    this.isConnected = false;
    this.isDown = true;
    this.retries = 0;
    /** The listener of each channel. */
    this.subscribers = new Map();

    cluster.on('node-error', (err, node) => this.onNodeError(err, node));
    cluster.on('node-ready', (node) => this.onNodeReady(node));
    cluster.on('sharded-channel-moved-error', (err, channel) => {
      this.retry(channel);
    });
    // `connect()` reports why it fails.
    cluster.on('error', () => {});
  }

  get isReady() {
    return !this.isDown;
  }

  async connect() {
    try {
      await this.cluster.connect();
    } catch (err) {
      if (this.isClosed) return;
      this.emit('error', err);
      setTimeout(() => this.connect(), delayOf(this.retries++)).unref();
      return;
    }

    if (this.isClosed) {
      this.cluster.destroy();
      return;
    }

    this.isConnected = true;
    this.isDown = false;
    this.timer = setInterval(() => this.emit('changed'), CHECK_INTERVAL);
    this.timer.unref();
    this.emit('ready');
  }

  destroy() {
    this.isClosed = true;
    clearInterval(this.timer);
    if (this.cluster.isOpen) this.cluster.destroy();
  }

  publish(channel, bytes) {
    return this.cluster.sPublish(channel, bytes);
  }

  withTypeMapping(mapping) {
    return this.cluster.withTypeMapping(mapping);
  }

  /** Subscribes, if need be later. */
  async subscribe(channel, listener) {
    this.subscribers.set(channel, listener);
    await this.attempt(channel);
  }

  async unsubscribe(channel, listener) {
    this.subscribers.delete(channel);

    try {
      await this.cluster.sUnsubscribe(channel, listener, true);
    } catch {
      // The node can't be reached, so there is no subscription.
    }
  }

  /** @private */
  async attempt(channel) {
    const listener = this.subscribers.get(channel);

    if (listener === undefined || this.isClosed) return;

    try {
      await this.cluster.sSubscribe(channel, listener, true);
      this.followMoves();
    } catch {
      this.retry(channel);
    }
  }

  /**
   * redis 6 subscribes at the other node by itself. redis 5 waits for an event of
   * another name, which never comes.
   *
   * @private
   */
  followMoves() {
    for (const { pubSub } of this.cluster.masters) {
      const client = pubSub?.client;

      if (client && client.listenerCount(MOVED) === 0) {
        client.on(MOVED, (channel) => this.retry(channel));
      }
    }
  }

  /** @private */
  retry(channel) {
    setTimeout(async () => {
      await this.attempt(channel);
      if (!this.isClosed) this.emit('changed');
    }, RETRY_DELAY).unref();
  }

  /** @private */
  onNodeError(err, { host, port }) {
    if (this.isClosed) return;

    this.broken.add(`${host}:${port}`);
    if (this.broken.size >= this.cluster.masters.length) this.isDown = true;
    this.emit('error', err);
  }

  /** @private */
  onNodeReady({ host, port }) {
    const wasDown = this.isDown;

    this.broken.delete(`${host}:${port}`);
    // Before that, `connect()` reports the errors.
    if (this.isClosed || !this.isConnected) return;

    this.isDown = false;
    this.emit(wasDown ? 'ready' : 'changed');
  }
}

module.exports = ClusterClient;
