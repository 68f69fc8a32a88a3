'use strict';

const { performance } = require('perf_hooks');

const { deliverMessage, emitMessage } = require('../../receive/emit');
const { decodes } = require('../../receive/receiver');
const { countsSent } = require('../../send/websocket');
const { messageIn, messageOut } = require('../channels');
const countEvents = require('./events');
const kCounted = require('./symbol');
const { COUNTING, countingEmit } = require('./methods');
const { Counts, lengthOf } = require('./counts');
const { isDue, sample } = require('./sampling');

const OPEN = 1;

const now = performance.now.bind(performance);

/**
 * A connection whose traffic is counted. Where our own methods receive and send
 * its messages, they tell it. Elsewhere it puts methods in that count before they
 * do what those before them did.
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
    /** Whether messages are counted. */
    this.isCounting = false;
    this.isClosed = false;
    this.methods = { ping: ws.ping, pong: ws.pong, send: ws.send };
    // Where the codec doesn't decode: what emits messages, and what counts them.
    this.emit = null;
    this.countingEmit = null;
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
    if (this.isCounting) return;

    const { methods, ws } = this;
    const { _receiver: receiver, _sender: sender } = ws;

    this.isCounting = true;
    replace(ws, 'ping', methods.ping, COUNTING.ping);
    replace(ws, 'pong', methods.pong, COUNTING.pong);

    if (countsSent(ws.send)) sender[kCounted] = this;
    else replace(ws, 'send', methods.send, COUNTING.send);

    if (receiver && decodes(receiver)) receiver[kCounted] = this;
    else this.countEmitted();
  }

  /** It isn't the codec that decodes what comes, or not any more. */
  countEmitted() {
    const { _receiver: receiver } = this.ws;
    const emitter = receiver ?? this.ws;

    if (receiver) receiver[kCounted] = undefined;

    if (this.emit === null) {
      this.emit = emitter.emit;
      this.countingEmit = countingEmit(this, this.emit);
    }

    replace(emitter, 'emit', this.emit, this.countingEmit);
  }

  /** @param {Metrics} owner The metrics that no longer count it */
  release(owner) {
    this.owners = this.owners.filter((other) => other !== owner);
    // The methods and `ws[kCounted]` stay, for those who have kept a method.
    if (this.owners.length === 0 && this.isCounting) this.ignoreMessages();
  }

  /** @private */
  ignoreMessages() {
    const { methods, ws } = this;
    const { _receiver: receiver, _sender: sender } = ws;

    this.isCounting = false;
    for (const name of Object.keys(methods)) {
      replace(ws, name, COUNTING[name], methods[name]);
    }

    if (sender) sender[kCounted] = undefined;
    if (receiver) receiver[kCounted] = undefined;
    if (this.emit !== null) {
      replace(receiver ?? ws, 'emit', this.countingEmit, this.emit);
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

  /**
   * A chunk was decoded.
   *
   * @param {Uint32Array} table The event table, or a copy
   * @param {Number} end The word after its last event
   * @return {Function} What is to emit its whole messages
   */
  countEvents(table, end) {
    countEvents(this, table, end);
    return messageIn.hasSubscribers ? deliverMessage : emitMessage;
  }

  /**
   * A message has come that isn't one event.
   *
   * @param {Boolean} isBinary Whether it is binary
   * @param {Number} length Its length in bytes
   */
  countReceived(isBinary, length) {
    if (isBinary) {
      this.binaryIn++;
      this.binaryBytesIn += length;
    } else {
      this.textIn++;
      this.textBytesIn += length;
    }

    sample();
  }

  /**
   * Delivers a message that has been counted, and tells of it and of how long its
   * handlers took.
   *
   * @param {Function} emit Emits it
   * @param {Receiver} receiver The receiver
   * @param {(Buffer|ArrayBuffer|Blob|Buffer[])} data The message
   * @param {Boolean} isBinary Whether it is binary
   * @return {*} What `emit` returns
   */
  deliver(emit, receiver, data, isBinary) {
    if (messageIn.hasSubscribers) {
      messageIn.publish({ websocket: this.ws, data, isBinary });
    }

    if (!isDue()) return emit(receiver, data, isBinary);

    const start = now();

    try {
      return emit(receiver, data, isBinary);
    } finally {
      const time = now() - start;

      for (const owner of this.owners) owner.onHandled(time);
    }
  }

  /** `ws.send()` is called, for a message that it has yet to look at. */
  countSend(data, options) {
    if (this.ws.readyState !== OPEN) return;

    const isBinary =
      options?.binary ?? (typeof data !== 'string' && typeof data !== 'number');

    this.countSent(data, isBinary, lengthOf(data));
  }

  /**
   * A message is sent, in any way.
   *
   * @param {*} data The message
   * @param {Boolean} isBinary Whether it is binary
   * @param {Number} length Its length in bytes
   */
  countSent(data, isBinary, length) {
    if (!this.isCounting) return;

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
}

/**
 * Replaces a method, unless somebody else has. Assigns, since deleting a property
 * would make it a slow object.
 */
function replace(object, name, method, other) {
  if (object[name] === method) object[name] = other;
}

module.exports = Counted;
