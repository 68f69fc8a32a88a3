'use strict';

const { Writable } = require('stream');

const readDirectly = require('../io/socket-reader');
const kCounted = require('../metrics/counting/symbol');
const { Delivery, takesChunks } = require('./delivery');

const FastBuffer = Buffer[Symbol.species];

/**
 * The inspector, perhaps of another copy of framewright, looks for this symbol.
 */
const kDelivery = Symbol.for('framewright.delivery.1');

/** The methods by which a stream writes to receivers of ours. */
const writes = new WeakSet();

/**
 * @param {Receiver} receiver A receiver
 * @return {Boolean} Whether the codec decodes what it takes, or will
 */
function decodes(receiver) {
  const delivery = receiver[kDelivery];

  return delivery === undefined
    ? writes.has(receiver._write)
    : delivery instanceof Delivery;
}

/**
 * Makes a copy of ws decode with the codec.
 *
 * @param {WsCopy} copy The copy
 * @return {Object} The methods to put on its `Receiver.prototype`
 */
function receiverMethods(copy) {
  const stock = copy.stock.receiver;
  const methods = {
    /**
     * The path of nearly every chunk: decode it, deliver its events, done. A
     * chunk goes through the machinery of `Writable` only where it can't be
     * finished at once, or the stream has something else to do first.
     */
    write(chunk, encoding, cb) {
      const delivery = this[kDelivery] || open(this, copy, isReady);

      if (
        encoding !== undefined ||
        cb !== undefined ||
        !isIdle(this, delivery) ||
        !(chunk instanceof FastBuffer) ||
        !takesChunks(this._writableState)
      ) {
        return Writable.prototype.write.call(this, chunk, encoding, cb);
      }

      return delivery.deliver(chunk);
    },

    _write(chunk, encoding, cb) {
      let delivery = this[kDelivery] || open(this, copy, isReady);

      if (copy.isWrapped(this)) delivery = leaveToWs(this, delivery);

      if (delivery === STOCK) stock._write.call(this, chunk, encoding, cb);
      else delivery.take(chunk, cb);
    },

    _destroy(err, cb) {
      const delivery = this[kDelivery];

      if (delivery !== undefined) delivery.free();
      stock._destroy.call(this, err, cb);
    }
  };
  const { _write, write } = methods;

  writes.add(_write);

  /** Whether nothing is under way, and the methods are still ours. */
  function isIdle(receiver, delivery) {
    return (
      delivery.isIdle() &&
      receiver._write === _write &&
      !copy.isWrapped(receiver)
    );
  }

  /** Whether `write()` would deliver what a socket brings at once. */
  function isReady(receiver, delivery) {
    return (
      receiver.write === write &&
      receiver[kDelivery] === delivery &&
      isIdle(receiver, delivery) &&
      takesChunks(receiver._writableState)
    );
  }

  return methods;
}

/** Gives a receiver its decoder, unless ws has begun reading with it. */
function open(receiver, copy, isReady) {
  // One that was destroyed before it read anything. Its stream refuses chunks.
  if (receiver.destroyed) return STOCK;

  const isUsed =
    copy.isWrapped(receiver) ||
    receiver._state !== 0 ||
    receiver._bufferedBytes !== 0 ||
    receiver._fragmented !== 0 ||
    receiver._opcode !== 0;

  if (isUsed) return leave(receiver);

  const delivery = new Delivery(receiver, copy);

  receiver[kDelivery] = delivery;
  readDirectly(receiver, delivery, copy.kWebSocket, isReady);
  return delivery;
}

/**
 * Leaves a receiver to ws from now on, if it is between two messages. Otherwise it
 * stays with the codec, which has the first part of a message.
 */
function leaveToWs(receiver, delivery) {
  if (!(delivery instanceof Delivery) || !delivery.isBetweenMessages()) {
    return delivery;
  }

  delivery.free();
  return leave(receiver);
}

function leave(receiver) {
  receiver[kDelivery] = STOCK;
  receiver[kCounted]?.countEmitted();
  return STOCK;
}

/**
 * Stands for a receiver that stays with ws: ws was in the middle of a frame when
 * its copy was accelerated, or somebody has replaced the receiver's methods.
 */
const STOCK = { free() {}, isIdle: () => false };

module.exports = { decodes, receiverMethods };
