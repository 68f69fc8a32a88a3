import { metrics, prometheus } from 'framewright/metrics';
import { register } from 'prom-client';

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

/**
 * Tells at /metrics what happens on the app's connections, to a Prometheus on
 * this machine.
 *
 * @param {import('koa')} app with WebSockets
 */
export function publishFigures(app) {
  prometheus(metrics(app));

  // Before the rest of the app, which is there already.
  app.middleware.unshift(async (ctx, next) => {
    if (ctx.path !== '/metrics' || !LOOPBACK.test(ctx.ip)) return next();

    ctx.type = register.contentType;
    ctx.body = await register.metrics();
  });
}
