// A Koa app's types, in an ES module.
import Koa from 'koa';
import websockify, {
  UpgradeError,
  type App,
  type Middleware
} from 'framewright/koa';

const app: App = websockify(new Koa());

const greet: Middleware = (ctx) => ctx.websocket.send(ctx.path);

app.ws.use(greet);
app.use(async (ctx) => {
  try {
    const websocket = await ctx.upgrade();
    websocket.send('in');
  } catch (err) {
    if (err instanceof UpgradeError) ctx.status = err.status;
  }
});
