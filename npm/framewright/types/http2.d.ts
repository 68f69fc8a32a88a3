import type { Http2SecureServer, Http2Server } from 'http2';

/**
 * Makes an HTTP/2 server accept WebSockets (RFC 8441). Each becomes an
 * `'upgrade'` event of the server, as in HTTP/1.1, with a request and a socket
 * that stand for its stream. So a `WebSocketServer` with `{ server }`, or any
 * other listener to `'upgrade'`, serves both.
 *
 * @param server A server of `http2.createServer()` or
 *   `http2.createSecureServer()`; with `allowHTTP1` it serves HTTP/1.1 on the
 *   same port
 * @returns Stops accepting; open connections stay open
 * @throws {TypeError} If it is something else
 */
export function acceptWebSockets(
  server: Http2Server | Http2SecureServer
): () => void;
