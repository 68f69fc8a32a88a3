'use strict';

const { Writable } = require('stream');

const { Delivery, takesChunks } = require('./delivery');

const FastBuffer = Buffer[Symbol.species];

/** The inspector looks for it, which may come from another copy of framewright. */
const kDelivery = Symbol.for('framewright.delivery.1');

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
     * The way of nearly every chunk: decode it, deliver its events, done. It
     * goes through the machinery of `Writable` only where the chunk can't be
     * finished at once, or the stream has something else to do first.
     */
    write(chunk, encoding, cb) {
      const delivery = this[kDelivery] || open(this, copy);

      if (
        encoding !== undefined ||
        cb !== undefined ||
        !delivery.isIdle() ||
        this._write !== write ||
        copy.isWrapped(this) ||
        !(chunk instanceof FastBuffer) ||
        !takesChunks(this._writableState)
      ) {
        return Writable.prototype.write.call(this, chunk, encoding, cb);
      }

      return delivery.deliver(chunk);
    },

    _write(chunk, encoding, cb) {
      let delivery = this[kDelivery] || open(this, copy);

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
  const write = methods._write;

  return methods;
}

/** Gives a receiver its decoder, unless ws has begun reading with it. */
function open(receiver, copy) {
  // The stream of one that was destroyed before it read anything refuses.
  if (receiver.destroyed) return STOCK;

  const isUsed =
    copy.isWrapped(receiver) ||
    receiver._state !== 0 ||
    receiver._bufferedBytes !== 0 ||
    receiver._fragmented !== 0 ||
    receiver._opcode !== 0;

  receiver[kDelivery] = isUsed ? STOCK : new Delivery(receiver, copy);
  return receiver[kDelivery];
}

/**
 * Leaves a receiver to ws from now on, if it is between two messages; else it
 * stays with the codec, which has the first half of one.
 */
function leaveToWs(receiver, delivery) {
  if (!(delivery instanceof Delivery) || !delivery.isBetweenMessages()) {
    return delivery;
  }

  delivery.free();
  receiver[kDelivery] = STOCK;
  return STOCK;
}

/**
 * A receiver that ws was in the middle of a frame with when it was accelerated,
 * or that somebody has put methods of their own in.
 */
const STOCK = { free() {}, isIdle: () => false };

module.exports = receiverMethods;
