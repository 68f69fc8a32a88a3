'use strict';

const { randomBytes } = require('crypto');
const { IncomingMessage } = require('http');

/** Replaced by the fields of HTTP/1.1. */
const REPLACED = ['host', 'sec-websocket-key'];

/**
 * The HTTP/1.1 request that an extended CONNECT (RFC 8441, section 4) stands for.
 *
 * @param {StreamSocket} socket What stands in for its socket
 * @param {ServerHttp2Stream} stream Its stream
 * @param {Object} headers Its fields, those of HTTP/2 included
 * @param {String[]} rawHeaders The same as they came
 * @return {IncomingMessage} The request
 */
function upgradeRequest(socket, stream, headers, rawHeaders) {
  const req = new IncomingMessage(socket);

  req.httpVersion = '2.0';
  req.httpVersionMajor = 2;
  req.httpVersionMinor = 0;
  req.method = 'GET';
  req.url = headers[':path'];
  req.stream = stream;

  const fields = [
    'host',
    headers[':authority'] ?? headers.host ?? '',
    'connection',
    'Upgrade',
    'upgrade',
    'websocket',
    // HTTP/2 doesn't need it, but ws checks it.
    'sec-websocket-key',
    randomBytes(16).toString('base64')
  ];

  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i].toLowerCase();

    if (name.startsWith(':') || REPLACED.includes(name)) continue;
    fields.push(name, rawHeaders[i + 1]);
  }

  // As Node's parser does, so that `headers` and its like read them.
  req._addHeaderLines(fields, fields.length);
  req.complete = true;
  req.push(null);
  return req;
}

module.exports = upgradeRequest;
