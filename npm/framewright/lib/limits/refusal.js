'use strict';

const { STATUS_CODES } = require('http');

/**
 * Refuses an upgrade request as ws does: a response ends the connection.
 *
 * @param {Duplex} socket The request's socket
 * @param {Number} status The HTTP status
 * @param {String} text What the response says
 */
function refuse(socket, status, text) {
  socket.on('error', socket.destroy);
  socket.once('finish', socket.destroy);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      'Connection: close\r\n' +
      'Content-Type: text/plain\r\n' +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
  );
}

module.exports = refuse;
