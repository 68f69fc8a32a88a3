import { fileURLToPath } from 'node:url';

import websockify from 'framewright/koa';
import Koa from 'koa';
import serve from 'koa-static';

import { Logbook } from './logbook.mjs';
import { signIn } from './sign-in.mjs';

const PUBLIC = fileURLToPath(new URL('../public', import.meta.url));

const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

/** @param {Map<string, string>} accounts passwords by name */
export function createApp(accounts) {
  const logbook = new Logbook();
  const app = websockify(new Koa(), { maxPayload: 4096 });

  app.use(async (ctx, next) => {
    ctx.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    ctx.set('X-Content-Type-Options', 'nosniff');
    await next();
  });
  app.use(signIn(accounts));
  app.use(async (ctx, next) => {
    if (ctx.path !== '/logbook') return next();
    // A page of another site would come with this visitor's password, which
    // browsers send along, and could write in their name.
    if (!isSameOrigin(ctx)) ctx.throw(403, 'This page is of another site');

    const socket = await ctx.upgrade();
    logbook.open(socket, ctx.state.name);
  });
  app.use(serve(PUBLIC));
  return app;
}

/** Only browsers send an origin. */
function isSameOrigin(ctx) {
  const origin = ctx.get('Origin');
  if (origin === '') return true;
  return URL.canParse(origin) && new URL(origin).host === ctx.host;
}
