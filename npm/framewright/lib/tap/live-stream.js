'use strict';

const { CONTENT_TYPE } = require('./live-records');
const Refusal = require('./refusal');

/** In bytes. */
const DEFAULT_BUFFER_LENGTH = 64 * 1024 * 1024;
const MIN_BUFFER_LENGTH = 256 * 1024;

/** More than one is for a second screen; many would be a burden. */
const MAX_WATCHERS = 4;

/** How often to check whether the server still listens, in ms. */
const LISTENING_INTERVAL = 1000;

/**
 * Answers requests with the live stream of a tap, until the client goes or the
 * server no longer listens. A server waits for its connections when it closes,
 * and must not wait for this one.
 *
 * @param {Tap} tap The tap
 * @param {Number} [bufferLength] How many bytes may wait for a client
 * @return {Function} Takes a request and its response
 * @throws {RangeError} If `bufferLength` is too short
 */
function liveStream(tap, bufferLength = DEFAULT_BUFFER_LENGTH) {
  if (!(bufferLength >= MIN_BUFFER_LENGTH)) {
    throw new RangeError(
      `options.bufferLength must be ${MIN_BUFFER_LENGTH} bytes or more`
    );
  }

  return (req, res) => {
    if (tap.watcherCount === MAX_WATCHERS) {
      throw new Refusal(
        503,
        `${MAX_WATCHERS} are watching already: close one of them`
      );
    }

    const { server } = req.socket;

    res.writeHead(200, { 'Content-Type': CONTENT_TYPE });

    const watcher = tap.watch(res, { bufferLength, source: req.headers.host });
    const timer = setInterval(() => {
      if (server.listening) return;
      if (res.writableEnded) res.destroy();
      else watcher.end();
    }, LISTENING_INTERVAL);

    timer.unref();
    res.on('close', () => clearInterval(timer));
  };
}

module.exports = liveStream;
