'use strict';

/**
 * @param {Duplex} socket A server's socket
 * @return {(WebSocket|undefined)} ws's object that reads it, of whichever copy
 */
function webSocketOf(socket) {
  for (const symbol of Object.getOwnPropertySymbols(socket)) {
    if (symbol.description !== 'websocket') continue;

    const webSocket = socket[symbol];

    if (webSocket?._socket === socket) return webSocket;
  }
}

module.exports = webSocketOf;
