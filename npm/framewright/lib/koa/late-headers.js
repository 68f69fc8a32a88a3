'use strict';

const { debuglog } = require('util');

const debug = debuglog('framewright');

/** The servers that have had the warning. */
const told = new WeakSet();

/**
 * Lets middleware set header fields on a response that is sent already, as
 * sessions do that commit after `next()`. Node would throw, which would close
 * the connection. The client doesn't get these fields. A warning says so, once a
 * server.
 *
 * @param {ServerResponse} res A response whose header is sent
 * @param {WebSocketServer} server The server that has sent it
 */
function closeHeader(res, server) {
  const late = (what) => {
    debug('%s set after the WebSocket handshake', what);
    if (told.has(server)) return;
    told.add(server);
    process.emitWarning(
      `${what} set after ctx.upgrade(), when the response had been sent: the ` +
        'client does not get it. Set it, or commit the session, before ' +
        'ctx.upgrade(). This is told once',
      { code: 'FRAMEWRIGHT_LATE_HEADER' }
    );
  };

  // `cookies` adds to the very array that the response has.
  const sent = new Set([res.getHeader('set-cookie') ?? []].flat());
  const methods = {
    appendHeader(name, value) {
      late(describe(name, value, sent));
      return res;
    },
    removeHeader() {},
    setHeader(name, value) {
      late(describe(name, value, sent));
      return res;
    },
    setHeaders(headers) {
      for (const [name, value] of headers) methods.setHeader(name, value);
      return res;
    },
    writeHead() {
      return res;
    }
  };

  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(res, name, {
      configurable: true,
      value,
      writable: true
    });
  }
}

/**
 * Names a field, or the first cookie that is new. Values may be secret.
 *
 * @param {String} name The field's name
 * @param {*} value What it is set to
 * @param {Set} sent The cookies that were sent
 * @return {String} What was set, and the verb
 */
function describe(name, value, sent) {
  if (String(name).toLowerCase() !== 'set-cookie') {
    return `The header field "${name}" was`;
  }

  const cookie = [value].flat().find((line) => !sent.has(line)) ?? '';

  return `The cookie "${String(cookie).split('=', 1)[0]}" was`;
}

module.exports = closeHeader;
