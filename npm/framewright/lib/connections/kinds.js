'use strict';

/** Recognised by what they can do: a process may have several copies of ws. */

function isWebSocket(target) {
  return (
    typeof target?.ping === 'function' &&
    typeof target.terminate === 'function' &&
    typeof target.on === 'function'
  );
}

function isServer(target) {
  return (
    typeof target?.handleUpgrade === 'function' &&
    typeof target.prependListener === 'function'
  );
}

/** Whether it is `app.ws`, of koa-websocket or of framewright/koa. */
function isKoaServer(target) {
  return (
    typeof target?.listen === 'function' &&
    typeof target.onConnection === 'function' &&
    typeof target.use === 'function'
  );
}

module.exports = { isKoaServer, isServer, isWebSocket };
