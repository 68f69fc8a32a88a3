'use strict';

const kCounted = require('../metrics/counting/symbol');
const { isPlain, sendPlain } = require('./plain');
const { isWatched } = require('./sender');

const OPEN = 1;

/** The methods that are made here. */
const sends = new WeakSet();

/**
 * @param {Function} send A connection's `send()`
 * @return {Boolean} Whether it tells what counts its sender of what is sent
 */
function countsSent(send) {
  return sends.has(send);
}

/**
 * Makes a copy of ws hand most messages to its Sender without an options object
 * for each: that object costs as much as the frame.
 *
 * @param {WsCopy} copy The copy
 * @param {Function} senderSend Our `send()` for its `Sender.prototype`
 * @return {Object} The methods to put on its `WebSocket.prototype`
 */
function webSocketMethods(copy, senderSend) {
  const { send } = copy.stock.webSocket;

  // Somebody has wrapped it, or a bundler has renamed what is in it.
  if (!isStock(send)) return {};

  const methods = {
    send(data, options, cb) {
      const sender = this._sender;
      let isBinary = typeof data !== 'string';

      if (typeof options === 'function') {
        cb = options;
      } else if (options !== undefined && options !== null) {
        if (!isBinaryOnly(options)) {
          sendByWs(this, data, options, cb);
          return;
        }

        isBinary = options.binary;
      }

      if (
        this._readyState === OPEN &&
        !this._extensions['permessage-deflate'] &&
        sender.send === senderSend &&
        !isWatched(sender, copy) &&
        isPlain(sender, data, !this._isServer)
      ) {
        const counted = sender[kCounted];
        const length = sendPlain(
          sender,
          data,
          isBinary,
          true,
          !this._isServer,
          cb
        );

        if (counted !== undefined) counted.countSent(data, isBinary, length);
      } else {
        sendByWs(this, data, options, cb);
      }
    }
  };

  function sendByWs(ws, data, options, cb) {
    ws._sender?.[kCounted]?.countSend(data, options);
    send.call(ws, data, options, cb);
  }

  sends.add(methods.send);
  return methods;
}

/** Whether `binary` is all that the options say. */
function isBinaryOnly(options) {
  return (
    typeof options.binary === 'boolean' &&
    !('fin' in options) &&
    !('mask' in options) &&
    Object.hasOwn(options, 'binary')
  );
}

function isStock(send) {
  const source = send.toString();

  return (
    source.includes('sendAfterClose(this, data, cb)') &&
    source.includes('this._sender.send(data || EMPTY_BUFFER, opts, cb)')
  );
}

module.exports = { countsSent, webSocketMethods };
