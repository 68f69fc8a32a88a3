'use strict';

const { STATUS_CODES } = require('http');

const { MAX_HEAD_LENGTH } = require('./message-reader');

/**
 * @param {Object} err Why the server can't be reached
 * @return {Buffer} What the client gets instead of a response
 */
function unreachable({ code, message }) {
  return response(502, `The proxy can't reach the server: ${code ?? message}`);
}

/**
 * @param {HTTPParserError} err Why the request's head can't be read
 * @return {Buffer} The response
 */
function unreadable({ code, message }) {
  if (code === 'HEADER_OVERFLOW') {
    return response(
      431,
      `The proxy reads request heads of ${MAX_HEAD_LENGTH} bytes at most.`
    );
  }

  return response(
    code === 'INVALID_METHOD' ? 501 : 400,
    `The proxy can't read the request: ${message}`
  );
}

/**
 * @return {Buffer} The response to a CONNECT
 */
function noTunnel() {
  return response(
    501,
    'The proxy forwards to one server and opens no tunnels. ' +
      'Send it what the server should get.'
  );
}

function response(status, text) {
  const body = `${text}\n`;

  return Buffer.from(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      'Connection: close\r\n' +
      'Content-Type: text/plain; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

module.exports = { noTunnel, unreachable, unreadable };
