import { createHash, timingSafeEqual } from 'node:crypto';

import basicAuth from 'basic-auth';

/**
 * Middleware that lets in who has an account, as `ctx.state.name`.
 *
 * @param {Map<string, string>} accounts passwords by name
 */
export function signIn(accounts) {
  return (ctx, next) => {
    const given = basicAuth(ctx.req);
    const password = accounts.get(given?.name);

    if (password === undefined || !isSame(given.pass, password)) {
      ctx.set('WWW-Authenticate', 'Basic realm="Logbook", charset="UTF-8"');
      ctx.status = 401;
      ctx.body = 'Please sign in.\n';
      return;
    }
    ctx.state.name = given.name;
    return next();
  };
}

/** Takes as long for a good guess as for a bad one. */
function isSame(one, other) {
  const digest = (text) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
