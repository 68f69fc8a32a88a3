import { fileURLToPath } from 'node:url';

import inspect from 'framewright/inspect';
import Koa from 'koa';
import serve from 'koa-static';
import websockify from 'koa-websocket';

const PUBLIC = fileURLToPath(new URL('../public', import.meta.url));

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ');

/**
 * @param {object} options
 * @param {import('./room.mjs').Room} options.room
 * @returns The app, the inspector of its frames, which production hasn't, and
 *   the options of its WebSocketServer
 */
export function createApp({ room }) {
  const wsOptions = {
    maxPayload: 1024,
    perMessageDeflate: { threshold: 256 },
    verifyClient: isSameOrigin
  };
  const app = websockify(new Koa(), wsOptions);

  app.use(async (ctx, next) => {
    ctx.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.set('Referrer-Policy', 'no-referrer');
    await next();
  });
  // At /__frames/: every byte that goes through the WebSockets below.
  const inspector = process.env.NODE_ENV === 'production' ? null : inspect(app);
  if (inspector) app.use(inspector);
  app.use(serve(PUBLIC));

  app.ws.use((ctx) => {
    if (ctx.path === '/live') room.add(ctx.websocket);
    else ctx.websocket.close(1008, 'Nothing here');
  });
  return { app, inspector, wsOptions };
}

/**
 * Browsers let any site open a WebSocket to any other: without this check a
 * foreign page could bid in its visitor's name. Only browsers send an origin.
 */
function isSameOrigin({ origin, req }) {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === req.headers.host;
}
