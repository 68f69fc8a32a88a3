'use strict';

const kCounted = require('./symbol');
const { lengthOf } = require('./counts');

/** The methods of a connection that is counted, whose `this` it is. */
const COUNTING = {
  ping(data, mask, cb) {
    const counted = this[kCounted];

    counted.pingOut++;
    return counted.methods.ping.call(this, data, mask, cb);
  },

  pong(data, mask, cb) {
    const counted = this[kCounted];

    counted.pongOut++;
    return counted.methods.pong.call(this, data, mask, cb);
  },

  send(data, options, cb) {
    const counted = this[kCounted];

    counted.countSend(data, options);
    return counted.methods.send.call(this, data, options, cb);
  }
};

/**
 * @param {Counted} counted What counts
 * @param {Function} emit The method of a receiver that ws decodes for
 * @return {Function} A method that counts before it does the same
 */
function countingEmit(counted, emit) {
  const emitMessage = (receiver, data, isBinary) =>
    emit.call(receiver, 'message', data, isBinary);

  return function (name, data, isBinary) {
    if (counted.isCounting) {
      switch (name) {
        case 'message':
          counted.countReceived(isBinary, lengthOf(data));
          return counted.deliver(emitMessage, this, data, isBinary);
        case 'ping':
          counted.pingIn++;
          break;
        case 'pong':
          counted.pongIn++;
      }
    }

    return emit.apply(this, arguments);
  };
}

module.exports = { COUNTING, countingEmit };
