'use strict';

const EventEmitter = require('events');
const { performance } = require('perf_hooks');

const soleListener = require('../sole-listener');
const channels = require('./channels');
const { Counts, lengthOf } = require('./counts');
const kCounted = require('./counted-symbol');

const { emit: EMIT } = EventEmitter.prototype;

const OPEN = 1;

/**
 * One of this many messages has its handler timed, since reading the clock is
 * slow.
 */
const SAMPLED = 64;

const { messageIn, messageOut } = channels;
const now = performance.now.bind(performance);

let handled = 0;

/**
 * A connection whose traffic is counted. It gets methods of its own for
 * emitting and sending. They count, then do what the replaced ones did. All
 * counted connections share them, so that they have the same shape.
 */
class Counted extends Counts {
  /**
   * @param {WebSocket} ws The connection
   * @return {Counted} Its counter, one for all who ask
   */
  static of(ws) {
    const counted = ws[kCounted] ?? new Counted(ws);

    if (counted.owners.length === 0) counted.start();
    return counted;
  }

  /** @private */
  constructor(ws) {
    super();
    this.ws = ws;
    this.socket = ws._socket;
    /** The `Metrics` that count it. They are told about rare events. */
    this.owners = [];
    this.isCompressed = 'permessage-deflate' in (ws._extensions ?? {});
    this.methods = {
      emit: ws.emit,
      ping: ws.ping,
      pong: ws.pong,
      send: ws.send
    };
    this.isClosed = false;
    this.isPlain = ws.emit === EMIT;
    this.readBefore = 0;
    this.writtenBefore = 0;

    ws[kCounted] = this;
  }

  /** @private */
  start() {
    // What was read earlier isn't counted.
    this.reset();
    this.readBefore = this.socket?.bytesRead ?? 0;
    this.writtenBefore = this.socket?.bytesWritten ?? 0;
  }

  /** From now on, messages are counted as well. */
  countMessages() {
    this.replace(this.methods, COUNTING);
  }

  /** @param {Metrics} owner The metrics that no longer count it */
  release(owner) {
    this.owners = this.owners.filter((other) => other !== owner);
    // The methods and `this[kCounted]` stay, for those who have kept a method.
    if (this.owners.length === 0) this.replace(COUNTING, this.methods);
  }

  /**
   * Assigns, since deleting a property would make it a slow object. A method
   * that somebody else has put there since stays.
   *
   * @private
   */
  replace(methods, others) {
    for (const name of Object.keys(COUNTING)) {
      if (this.ws[name] === methods[name]) this.ws[name] = others[name];
    }
  }

  /** @return {Counts} What was counted so far */
  read() {
    const { socket } = this;

    if (socket) {
      this.wireIn = (socket.bytesRead ?? 0) - this.readBefore;
      this.wireOut = (socket.bytesWritten ?? 0) - this.writtenBefore;
    }

    return this;
  }

  /** A message is sent, in any way. */
  countSent(data, isBinary, length) {
    if (isBinary) {
      this.binaryOut++;
      this.binaryBytesOut += length;
    } else {
      this.textOut++;
      this.textBytesOut += length;
    }

    if (messageOut.hasSubscribers) {
      messageOut.publish({ websocket: this.ws, data, isBinary });
    }
  }

  /** @private */
  receive(data, isBinary) {
    if (isBinary) {
      this.binaryIn++;
      this.binaryBytesIn += lengthOf(data);
    } else {
      this.textIn++;
      this.textBytesIn += data.length;
    }

    if (messageIn.hasSubscribers) {
      messageIn.publish({ websocket: this.ws, data, isBinary });
    }
  }

  /** Delivers a message and measures how long its handlers took. */
  time(data, isBinary) {
    const start = now();

    try {
      return this.methods.emit.call(this.ws, 'message', data, isBinary);
    } finally {
      const time = now() - start;

      for (const owner of this.owners) owner.onHandled(time);
    }
  }
}

/** The methods of a counted connection, which is their `this`. */
const COUNTING = {
  emit(name, data, isBinary) {
    return name === 'message'
      ? deliver(this, this[kCounted], data, isBinary)
      : emitOther.apply(this, arguments);
  },

  ping(data, mask, cb) {
    this[kCounted].pingOut++;
    return this[kCounted].methods.ping.call(this, data, mask, cb);
  },

  pong(data, mask, cb) {
    this[kCounted].pongOut++;
    return this[kCounted].methods.pong.call(this, data, mask, cb);
  },

  send(data, options, cb) {
    const counted = this[kCounted];

    if (this.readyState === OPEN) {
      counted.countSent(
        data,
        options?.binary ??
          (typeof data !== 'string' && typeof data !== 'number'),
        data instanceof Uint8Array ? data.length : lengthOf(data)
      );
    }

    return counted.methods.send.call(this, data, options, cb);
  }
};

/** Delivers a message as `emit()` would, or faster. */
function deliver(ws, counted, data, isBinary) {
  counted.receive(data, isBinary);
  handled = (handled + 1) % SAMPLED;
  if (handled === 0) return counted.time(data, isBinary);

  const listener = counted.isPlain ? soleListener(ws) : null;

  if (listener === null) {
    return counted.methods.emit.call(ws, 'message', data, isBinary);
  }

  listener.call(ws, data, isBinary);
  return true;
}

/** Emits everything but messages; `this` is the connection. */
function emitOther(name) {
  const counted = this[kCounted];

  switch (name) {
    case 'ping':
      counted.pingIn++;
      break;
    case 'pong':
      counted.pongIn++;
  }

  return counted.methods.emit.apply(this, arguments);
}

module.exports = Counted;
