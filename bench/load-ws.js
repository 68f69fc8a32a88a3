'use strict';

const { createRequire } = require('node:module');
const path = require('node:path');

// What a worker or server prints instead of figures, and its exit code.
const SKIPPED = 3;

/**
 * Ends the process, telling the harness why there is nothing to measure.
 *
 * @param {string} reason One line for the user
 */
function skip(reason) {
  console.log(JSON.stringify({ skipped: reason }));
  process.exit(SKIPPED);
}

/**
 * Loads the flavour of `ws` that a peer stands for.
 *
 * @param {string} peer `ws`, `ws-again`, `ws+addons`, `framewright`,
 *     `framewright/wasm` or `framewright/broadcast`; `before` in place of
 *     `framewright` is that of another checkout
 * @return {object} The exports of `ws`
 */
function loadWs(peer) {
  switch (peer) {
    case 'ws':
    case 'ws-again':
      return loadStock();
    case 'ws+addons':
      return loadWithAddons();
    case 'before':
    case 'framewright':
    case 'before/broadcast':
    case 'framewright/broadcast':
      return loadAccelerated(peer);
    case 'before/wasm':
    case 'framewright/wasm':
      process.env.FRAMEWRIGHT = 'wasm';
      return loadAccelerated(peer);
    default:
      throw new Error(`unknown peer: ${peer}`);
  }
}

function loadStock() {
  // Stock ws must not use addons that lie in a folder above.
  process.env.WS_NO_BUFFER_UTIL = '1';
  process.env.WS_NO_UTF_8_VALIDATE = '1';
  return require('ws');
}

function loadWithAddons() {
  const require = createRequire(path.join(__dirname, 'peers', 'package.json'));
  try {
    require('bufferutil');
    require('utf-8-validate');
  } catch (err) {
    skip(`bufferutil or utf-8-validate does not load: ${firstLine(err)}`);
  }
  return require('ws');
}

/** What finds `framewright` and its entry points, of the checkout that a peer is of. */
function requireOf(peer) {
  return peer.startsWith('before')
    ? createRequire(
        path.join(process.env.FRAMEWRIGHT_BENCH_BEFORE, 'package.json')
      )
    : require;
}

function loadAccelerated(peer) {
  const ws = loadStock();
  let framewright;
  try {
    framewright = requireOf(peer)('framewright');
  } catch (err) {
    skip(`framewright does not load: ${firstLine(err)}`);
  }
  framewright.accelerate(ws);
  // Otherwise stock ws would be measured under our name.
  const { backend, copies, reason } = framewright.status();
  if (!copies.some(({ accelerated }) => accelerated)) {
    skip(`ws stayed stock (${backend}): ${copies[0]?.reason ?? reason}`);
  }
  return ws;
}

function firstLine(err) {
  return String(err.message).split('\n')[0];
}

module.exports = { SKIPPED, loadWs, requireOf, skip };
