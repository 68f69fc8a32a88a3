'use strict';

const childProcess = require('child_process');
const { syncBuiltinESMExports } = require('module');

const { flushAll } = require('../outbox/turn');

const NAMES = ['execFileSync', 'execSync', 'spawnSync'];

/** On `child_process`: functions to call before the process blocks. */
const kBefore = Symbol.for('framewright.beforeBlocking.1');

/**
 * Writes out all frames before a handler blocks on a child process, which may
 * take long. Other copies of framewright add to the same list.
 */
function flushBeforeBlocking() {
  const known = childProcess[kBefore];

  if (known !== undefined) {
    known.add(flushAll);
    return;
  }

  const before = new Set([flushAll]);

  Object.defineProperty(childProcess, kBefore, { value: before });
  for (const name of NAMES) wrap(name, before);
  syncBuiltinESMExports();
}

function wrap(name, before) {
  const method = childProcess[name];

  childProcess[name] = Object.defineProperties(
    function (...args) {
      for (const flush of before) flush();
      return method.apply(this, args);
    },
    {
      length: { configurable: true, value: method.length },
      name: { configurable: true, value: name }
    }
  );
}

module.exports = flushBeforeBlocking;
