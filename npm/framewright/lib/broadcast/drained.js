'use strict';

const { checkThreshold } = require('./broadcast');

const CLOSED = 3;

/** How often progress is checked where no event reports it, in ms. */
const POLL_INTERVAL = 10;

const NOTHING = Buffer.alloc(0);

/** By connection, the promise that some of its data was sent. */
const awaited = new WeakMap();

/**
 * Waits until little of what was sent on a connection is still waiting.
 *
 * @param {WebSocket} ws The connection
 * @param {Object} [options] Options object
 * @param {Number} [options.threshold=0] The `bufferedAmount` to wait for, in
 *     bytes
 * @return {Promise<void>} Rejected with `ERR_CONNECTION_CLOSED` if the
 *     connection is closed before that
 */
async function drained(ws, { threshold = 0 } = {}) {
  checkThreshold(threshold);

  // What was sent in this tick may still be on its way to the socket.
  if (ws.bufferedAmount > threshold) await undefined;

  for (;;) {
    if (ws.readyState === CLOSED) throw closedError();
    if (ws.bufferedAmount <= threshold) return;
    await progress(ws);
  }
}

/**
 * @param {WebSocket} ws A connection that has something waiting
 * @return {Promise<void>} Resolved when there is less of it
 */
function progress(ws) {
  let promise = awaited.get(ws);

  if (promise === undefined) {
    promise = new Promise((resolve, reject) => watch(ws, resolve, reject));
    awaited.set(ws, promise);
  }

  return promise;
}

function watch(ws, resolve, reject) {
  const socket = ws._socket;
  let timer;

  const settle = (isClosed) => {
    clearTimeout(timer);
    ws.off('close', onClose);
    awaited.delete(ws);

    if (isClosed) reject(closedError());
    else resolve();
  };

  const onClose = () => settle(true);

  ws.on('close', onClose);

  if (socket && socket.writableLength > 0) {
    // `'drain'` doesn't come where less is waiting than the socket's high-water
    // mark. An empty write is done when all before it are. If it fails, the
    // connection is about to close.
    socket.write(NOTHING, (err) => {
      if (!err) settle(false);
    });
  } else {
    // It is being compressed, or this isn't ws's WebSocket.
    timer = setTimeout(settle, POLL_INTERVAL, false);
  }
}

function closedError() {
  const err = new Error('The connection was closed before it was drained');

  err.code = 'ERR_CONNECTION_CLOSED';
  return err;
}

module.exports = drained;
