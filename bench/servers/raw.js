'use strict';

// node raw.js <echo | broadcast>
// What is left when nothing is done but reading and writing the same bytes:
// the ceiling of anything built on net.Socket.

const { createHash } = require('node:crypto');
const net = require('node:net');
const { HOST, attend } = require('./companion');

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const [work] = process.argv.slice(2);
const sockets = new Set();

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.once('data', (request) => {
    const [, key] = /^sec-websocket-key: (.*)$/im.exec(request.toString());
    const accept = createHash('sha1').update(key.trim() + GUID);
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n' +
        'Connection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept.digest('base64')}\r\n\r\n`
    );
    sockets.add(socket);
    if (work === 'echo') socket.on('data', (chunk) => socket.write(chunk));
    else socket.on('data', publisher());
  });
  socket.on('error', () => {});
  socket.on('close', () => sockets.delete(socket));
});

/** Sends a chunk's messages to all, in one write each. Short messages only. */
function publisher() {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    const bytes = rest.length ? Buffer.concat([rest, chunk]) : chunk;
    const answer = Buffer.allocUnsafe(bytes.length);
    let at = 0;
    let len = 0;
    while (at + 6 <= bytes.length) {
      const payloadLen = bytes[at + 1] & 0x7f;
      const payload = at + 6;
      if (payload + payloadLen > bytes.length) break;
      answer[len++] = bytes[at];
      answer[len++] = payloadLen;
      for (let i = 0; i < payloadLen; i++) {
        answer[len++] = bytes[payload + i] ^ bytes[at + 2 + (i & 3)];
      }
      at = payload + payloadLen;
    }
    rest = bytes.subarray(at);
    const joined = answer.subarray(0, len);
    if (len) for (const socket of sockets) socket.write(joined);
  };
}

server.listen(0, HOST, () => attend(server.address().port));
