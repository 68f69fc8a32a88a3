'use strict';

const intercept = require('../intercept');
const StreamSocket = require('./stream-socket');
const upgradeRequest = require('./upgrade');

const NONE = Buffer.alloc(0);

/**
 * Makes an HTTP/2 server accept WebSockets (RFC 8441). Each becomes an
 * `'upgrade'` event of the server, as in HTTP/1.1, so listeners need not know
 * the difference.
 *
 * @param {Http2Server} server The server
 * @return {Function} Stops accepting; open connections stay open
 * @throws {TypeError} If it isn't one
 */
function acceptWebSockets(server) {
  if (
    typeof server?.updateSettings !== 'function' ||
    typeof server.emit !== 'function'
  ) {
    throw new TypeError(
      'The server must be one of http2.createServer() or ' +
        'http2.createSecureServer()'
    );
  }

  // Told to clients that connect from now on: section 3.
  server.updateSettings({ enableConnectProtocol: true });

  return intercept(server, {
    stream: (stream, headers, flags, rawHeaders) => {
      if (
        headers[':method'] !== 'CONNECT' ||
        headers[':protocol'] !== 'websocket' ||
        server.listenerCount('upgrade') === 0 ||
        stream.destroyed
      ) {
        return false;
      }

      const socket = new StreamSocket(stream);
      const req = upgradeRequest(socket, stream, headers, rawHeaders);

      server.emit('upgrade', req, socket, NONE);
      return true;
    }
  });
}

module.exports = acceptWebSockets;
