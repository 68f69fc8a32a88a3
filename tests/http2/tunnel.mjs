// Lets ws's own client speak HTTP/2: what it takes for its socket is the server of a handshake that it carries on as an
// extended CONNECT.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import { Duplex } from 'node:stream';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Fields that HTTP/2 has no place for. */
const NOT_SENT = ['connection', 'host', 'upgrade', 'sec-websocket-key'];

/** Opens an HTTP/2 connection that WebSockets can be opened on. */
export async function connect(url, options = {}) {
  const session = http2.connect(url, { rejectUnauthorized: false, ...options });
  session.on('error', () => {});
  await once(session, 'remoteSettings');
  return session;
}

/**
 * @param {import('node:http2').ClientHttp2Session} session Where to
 * @returns {Function} the option `createConnection` of a ws client
 */
export function tunnel(session) {
  return () => {
    const [near, far] = pair();
    const server = http.createServer();
    server.on('upgrade', (req, socket) => carryOn(session, req, socket));
    server.emit('connection', far);
    return near;
  };
}

function carryOn(session, req, socket) {
  const headers = Object.fromEntries(
    Object.entries(req.headers).filter(([name]) => !NOT_SENT.includes(name))
  );
  const stream = session.request(
    {
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':scheme': 'https',
      ':path': req.url,
      ':authority': req.headers.host,
      ...headers
    },
    { endStream: false }
  );
  socket.http2Stream = stream;
  socket.on('error', () => {});
  stream.on('error', () => socket.destroy());
  stream.on('close', () => {
    if (stream.rstCode !== 0) socket.destroy();
  });
  socket.on('close', () => {
    if (!stream.closed) stream.close(http2.constants.NGHTTP2_CANCEL);
  });
  stream.on('response', (response) => {
    const { ':status': status } = response;
    const accepted = status === 200;
    const lines = accepted
      ? [
          'HTTP/1.1 101 Switching Protocols',
          'Connection: Upgrade',
          'Upgrade: websocket',
          `Sec-WebSocket-Accept: ${createHash('sha1')
            .update(req.headers['sec-websocket-key'] + GUID)
            .digest('base64')}`
        ]
      : [`HTTP/1.1 ${status} ${http.STATUS_CODES[status]}`];
    for (const [name, value] of Object.entries(response)) {
      if (name.startsWith(':')) continue;
      for (const one of [value].flat()) lines.push(`${name}: ${one}`);
    }
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    stream.pipe(socket);
    socket.pipe(stream);
  });
}

/** Two ends of a connection in memory. */
export function pair() {
  const ends = [0, 1].map(
    (i) =>
      new Duplex({
        // As sockets of clients are, and of servers.
        allowHalfOpen: i === 1,
        read() {
          const { waiting } = this;
          this.waiting = undefined;
          waiting?.();
        },
        write(chunk, encoding, callback) {
          const other = ends[1 - i];
          if (other.destroyed) {
            callback(new Error('the other end is gone'));
            return;
          }
          other.bytesRead += chunk.length;
          if (other.push(chunk)) callback();
          else other.waiting = callback;
        },
        final(callback) {
          ends[1 - i].push(null);
          callback();
        },
        destroy(err, callback) {
          const other = ends[1 - i];
          process.nextTick(() => other.destroy());
          callback(err);
        }
      })
  );
  for (const end of ends) {
    end.bytesRead = 0;
    end.setTimeout = end.setNoDelay = end.setKeepAlive = () => end;
    end.ref = end.unref = () => end;
    end.resetAndDestroy = end.destroy;
  }
  return ends;
}
