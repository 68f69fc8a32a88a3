'use strict';

/**
 * Asks the application what to call a connection, once its handler has got it.
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

/** ws keeps its WebSocket on the socket, under a symbol of its own. */
function webSocketOf(socket) {
  const symbols = Object.getOwnPropertySymbols(socket);
  const key = symbols.find(({ description }) => description === 'websocket');

  return key && socket[key];
}

module.exports = name;
