import type { Http2SecureServer, Http2Server } from 'http2';

/**
 * Has an HTTP/2 server take WebSockets (RFC 8441). Each becomes an `'upgrade'`
 * event of the server, as those of HTTP/1.1 are, with a request and a socket
 * that stand for its stream. So a `WebSocketServer` with `{ server }`, or
 * whatever else listens to `'upgrade'`, serves both.
 *
 * @param server What `http2.createServer()` or `http2.createSecureServer()`
 *   made; with `allowHTTP1` it serves HTTP/1.1 on the same port
 * @returns Takes no more; connections that are there stay
 * @throws {TypeError} If it is something else
 */
export function acceptWebSockets(
  server: Http2Server | Http2SecureServer
): () => void;
