import { readFile } from 'node:fs/promises';
import http2 from 'node:http2';

import { acceptWebSockets } from 'framewright/http2';

/**
 * Has the app listen: by HTTP/1.1, or, where there is a certificate, by HTTP/2
 * as well, WebSockets included.
 *
 * @param {import('koa')} app with WebSockets
 * @param {object} wsOptions those of its WebSocketServer
 * @param {{ port: number, host: string, cert?: string, key?: string }} options
 */
export async function listen(app, wsOptions, { port, host, cert, key }) {
  if (!cert) return app.listen(port, host);

  const server = http2.createSecureServer(
    { allowHTTP1: true, cert: await readFile(cert), key: await readFile(key) },
    app.callback()
  );
  acceptWebSockets(server);
  app.ws.listen({ ...wsOptions, server });
  return server.listen(port, host);
}
