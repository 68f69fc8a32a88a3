'use strict';

const { queueMicrotask, setImmediate } = require('../builtins');

const RSV2_SET = Buffer.from([0xa1, 0x00]);
const EMPTY_CLOSE = Buffer.from([0x88, 0x00]);

/**
 * The methods that a receiver works with, and what the source of ws's own ones
 * contains even where a bundler shortened names.
 */
const RECEIVER_METHODS = {
  consume: /\._bufferedBytes/,
  controlMessage: /["'`]conclude["'`]/,
  dataMessage: /["'`]message["'`]/,
  decompress: /\.decompress\(/,
  getData: /\._mask/,
  getInfo: /\._opcode/,
  startLoop: /\.getInfo\(/
};

/**
 * One copy of ws in this process, and the internals of its classes, learned
 * from a stock receiver.
 */
class WsCopy {
  /**
   * @param {Object} classes `Receiver`, `Sender` and `WebSocket` of the copy
   * @throws {Error} If the copy is not one that the codec can stand in for
   */
  constructor({ Receiver, Sender, WebSocket }) {
    this.Receiver = Receiver;
    this.Sender = Sender;
    this.stock = {
      receiver: methodsOf(Receiver.prototype, [
        '_destroy',
        '_write',
        'write',
        ...Object.keys(RECEIVER_METHODS)
      ]),
      sender: methodsOf(Sender.prototype, [
        'close',
        'dispatch',
        'pong',
        'send',
        'sendFrame'
      ]),
      webSocket: methodsOf(WebSocket.prototype, ['send']),
      frame: Sender.frame
    };

    /** The methods that replace them once the copy is accelerated. */
    this.sendFrame = undefined;
    this.frame = undefined;

    const receiver = new Receiver({ isServer: true });

    if (receiver._isServer !== true || typeof Sender.frame !== 'function') {
      throw new Error('this is not ws 8.5 or later');
    }

    /** Whether somebody had replaced methods before. */
    this.isReceiverWrapped = Object.entries(RECEIVER_METHODS).some(
      ([name, pattern]) => !pattern.test(this.stock.receiver[name].toString())
    );

    const source = Receiver.prototype.controlMessage.toString();
    const startLoop = Receiver.prototype.startLoop.toString();
    const dataMessage = Receiver.prototype.dataMessage.toString();

    if (startLoop.includes('queueTask')) {
      throw new Error('ws 8.14 spreads events over microtasks in its own way');
    }

    /** Whether the copy knows `allowSynchronousEvents`. */
    this.defers = '_allowSynchronousEvents' in receiver;
    /** ws 8.15 and 8.16 deferred by microtasks, and fewer messages. */
    this.defersLess = !source.includes('setImmediate');
    this.defer = this.defersLess
      ? (fn) => queueMicrotask(fn)
      : (fn) => setImmediate(fn);
    /** Whether the copy itself limits how many pongs may be pending. */
    this.limitsPongs = WebSocket.toString().includes('maxPendingAutoPongs');
    this.hasBlob = dataMessage.includes('blob');
    /** Whether the copy itself checks what a close reason is. */
    this.checksReason = Sender.prototype.close
      .toString()
      .includes('isUint8Array');

    this.kWebSocket = symbolOf(receiver, 'websocket');
    this.kStatusCode = symbolOf(provokeError(Receiver), 'status-code');
    this.EMPTY_BUFFER = provokeConclude(Receiver);
  }

  /**
   * Whether to leave a receiver to ws because somebody has replaced its
   * methods, to see or to change what it receives.
   *
   * @param {Receiver} receiver A receiver of this copy
   */
  isWrapped(receiver) {
    const { receiver: stock } = this.stock;

    return (
      this.isReceiverWrapped ||
      receiver.dataMessage !== stock.dataMessage ||
      receiver.controlMessage !== stock.controlMessage ||
      receiver.getInfo !== stock.getInfo ||
      receiver.getData !== stock.getData ||
      receiver.decompress !== stock.decompress ||
      receiver.startLoop !== stock.startLoop ||
      receiver.consume !== stock.consume
    );
  }

  /**
   * Defines methods as a class body would.
   *
   * @param {Object} prototype One of the copy's prototypes, or a class
   * @param {Object} methods The methods
   */
  define(prototype, methods) {
    for (const [name, value] of Object.entries(methods)) {
      Object.defineProperty(prototype, name, {
        configurable: true,
        enumerable: false,
        value,
        writable: true
      });
    }
  }
}

function methodsOf(prototype, names) {
  return Object.fromEntries(names.map((name) => [name, prototype[name]]));
}

function symbolOf(object, description) {
  const symbol = Object.getOwnPropertySymbols(object).find(
    (symbol) => symbol.description === description
  );

  if (symbol === undefined) throw new Error(`ws has no symbol ${description}`);
  return symbol;
}

/** Makes a stock receiver fail, for the symbol it puts on its errors. */
function provokeError(Receiver) {
  let error;

  new Receiver()._write(Buffer.from(RSV2_SET), 'buffer', (err) => {
    error = err;
  });
  return error;
}

/** Makes a stock receiver conclude, to learn its buffer for empty payloads. */
function provokeConclude(Receiver) {
  const receiver = new Receiver();
  let reason;

  receiver.on('conclude', (code, data) => {
    reason = data;
  });
  receiver._write(Buffer.from(EMPTY_CLOSE), 'buffer', () => {});
  return reason;
}

module.exports = WsCopy;
