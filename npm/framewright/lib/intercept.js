'use strict';

/**
 * Sees a server's events before its listeners do. A listener wouldn't be
 * enough: with one for `'upgrade'`, a server behaves as if the app handled
 * upgrades, and every listener for `'request'` gets every request.
 *
 * @param {Server} server An HTTP or HTTPS server
 * @param {Object<String, Function>} takers By event: a function that gets the
 *     arguments and returns true to keep them from the listeners
 * @return {Function} Undoes it
 */
function intercept(server, takers) {
  const { emit } = server;
  let isOn = true;

  server.emit = function (name, ...args) {
    if (isOn && Object.hasOwn(takers, name) && takers[name](...args)) {
      return true;
    }

    return emit.call(this, name, ...args);
  };

  // Somebody may have wrapped it since, so it stays in place and does nothing.
  return () => {
    isOn = false;
  };
}

module.exports = intercept;
