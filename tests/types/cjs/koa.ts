// A Koa app's types, in CommonJS.
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';

import Koa = require('koa');
import websockify = require('framewright/koa');
import ws = require('ws');

const app = websockify(
  new Koa(),
  { maxPayload: 1024, perMessageDeflate: true },
  { key: readFileSync('key.pem'), cert: readFileSync('cert.pem') }
);

// koa-websocket's API.
app.ws
  .use((ctx, next) => {
    const path: string = ctx.path;
    ctx.websocket.send(path);
    ctx.websocket.on('message', (data, isBinary) => {
      ctx.websocket.send(data, { binary: isBinary });
    });
    return next();
  })
  .use(async (ctx) => {
    const same: ws = await ctx.upgrade();
    same.close(1000);
  });

// Upgrades in ordinary middleware.
app
  .use(async (ctx, next) => {
    if (!ctx.get('authorization')) ctx.throw(401);
    await next();
  })
  .use(async (ctx) => {
    const socket: ws = await ctx.upgrade();
    socket.on('close', (code: number) => void code);
    const maybe: ws | undefined = ctx.websocket;
    maybe?.terminate();
  })
  .ws.use((ctx) => ctx.websocket.ping());

// Middleware that is written elsewhere, and contexts of one's own.
interface State {
  user: string;
}
const greet: Koa.Middleware<State> = async (ctx) => {
  (await ctx.upgrade()).send(ctx.state.user);
};
const typed = websockify(new Koa<State, { db: Map<string, number> }>());
typed.use(greet).use((ctx) => {
  const count: number | undefined = ctx.db.get(ctx.state.user);
  ctx.body = count;
});
typed.ws.use((ctx) => {
  ctx.websocket.send(String(ctx.db.size));
  // @ts-expect-error The state has no such property.
  ctx.state.group;
});
const elsewhere: websockify.Middleware<State> = ({ websocket, state }) => {
  websocket.send(state.user);
};
typed.ws.use(elsewhere);

const server: Server = app.listen(3000);
const clients: Set<ws> | undefined = app.ws.server?.clients;
app.server?.close();
app.on('error', (err: unknown) => {
  if (err instanceof websockify.UpgradeError) {
    const status: number = err.status;
    void status;
  }
});

// @ts-expect-error Not an option of ws.
websockify(new Koa(), { maxPayloads: 1 });
// @ts-expect-error Not an app.
websockify({});
void [server, clients];
