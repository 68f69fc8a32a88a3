'use strict';

const webSocketOf = require('./midstream/web-socket-of');

/**
 * Asks the application for a connection's name, once its handler has the
 * connection.
 *
 * @param {Connection} connection The connection on the tap
 * @param {Function} nameOf As in `inspect()`
 * @param {Duplex} socket Its socket
 * @param {IncomingMessage} [req] The upgrade request
 */
async function name(connection, nameOf, socket, req) {
  try {
    // ws takes the socket, and calls its handlers, right after it has answered.
    await null;

    const webSocket = webSocketOf(socket);

    if (webSocket === undefined) return;

    connection.setName(String((await nameOf(webSocket, req)) ?? ''));
  } catch (error) {
    process.emitWarning(`inspect(): nameOf() failed: ${error.stack ?? error}`);
  }
}

module.exports = name;
