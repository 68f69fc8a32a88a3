'use strict';

const fs = require('fs');
const path = require('path');

const backend = require('../backend/backend');
const hostRequire = require('../backend/host-require');
const { io } = require('../io/way');
const { classesOf } = require('./classes');
const { mark, markOf } = require('./mark');
const { snapshots } = require('../metrics/live');
const { senderStatics } = require('../send/masked-frame');
const flushBeforeBlocking = require('./blocking');
const { countPongs } = require('../send/pong-limit');
const { receiverMethods } = require('../receive/receiver');
const selfCheck = require('./self-check');
const { senderMethods } = require('../send/sender');
const guardUpgrade = require('./upgrade-guard');
const { webSocketMethods } = require('../send/websocket');
const WsCopy = require('./ws-copy');

/**
 * What self-checks counted, to keep it out of the application's figures. It is
 * stored on the codec, which several copies of framewright may have loaded.
 */
const ownCounters = backend.ownCounters;

/** What was done about each copy of ws, by its Receiver class. */
const copies = new Map();

/** What other copies of framewright count, by codec. */
const others = new Map();

/**
 * Makes a copy of ws receive and send with the codec. It patches the prototypes
 * of the classes that the copy exports. So code that already holds the classes,
 * and connections opened later, run on the codec. Where that can't be done, the
 * copy stays as it is, and `status()` says why.
 *
 * @param {Object} ws What `require('ws')` gives, its ES module namespace, or its
 *     class WebSocket
 * @return {Object} `ws`
 * @public
 */
function accelerate(ws) {
  const classes = classesOf(ws);

  if (classes === null) {
    throw new TypeError(
      'The argument must be the ws module, version 8: ' +
        "require('ws'), or ws of `import * as ws from 'ws'`"
    );
  }

  const { WebSocketServer, ...others } = classes;

  accelerateClasses(others);
  if (WebSocketServer) accelerateServer(WebSocketServer, classes.Receiver);
  return ws;
}

/**
 * @param {Object} classes `Receiver`, `Sender` and `WebSocket` of a copy of ws
 * @param {String} [how] How it was found, where that isn't by its module
 */
function accelerateClasses(classes, how) {
  const { Receiver } = classes;

  if (copies.has(Receiver)) return;

  const record = patch(classes);

  if (how !== undefined) record.reason = `${how}; ${record.reason}`;
  copies.set(Receiver, record);
}

/**
 * @param {Function} WebSocketServer The server class of a copy of ws
 * @param {Function} Receiver Its Receiver class
 */
function accelerateServer(WebSocketServer, Receiver) {
  if (copies.get(Receiver)?.accelerated) guardUpgrade(WebSocketServer);
}

function patch(classes) {
  const record = {
    ...locate(classes.Receiver),
    accelerated: false,
    reason: backend.reason
  };
  const other = markOf(classes.Receiver);

  if (other !== null) return adopt(record, other);
  if (backend.name === 'stock') return record;

  try {
    const copy = new WsCopy(classes);
    const receiver = receiverMethods(copy);
    const before = backend.counters();
    const difference = selfCheck(copy, receiver);
    const after = backend.counters();

    for (const name in ownCounters) {
      ownCounters[name] += after[name] - before[name];
    }

    if (difference) {
      record.reason = `left as it is: the self-check found a difference (${difference})`;
      return record;
    }

    const sender = senderMethods(copy);

    if (!copy.limitsPongs) sender.pong = countPongs(copy.stock.sender.pong);

    copy.define(classes.Receiver.prototype, receiver);
    copy.define(classes.Sender.prototype, sender);
    copy.define(classes.Sender, senderStatics(copy));
    copy.sendFrame = classes.Sender.prototype.sendFrame;
    copy.frame = classes.Sender.frame;
    copy.define(
      classes.WebSocket.prototype,
      webSocketMethods(copy, sender.send)
    );
    mark(classes.Receiver, counters, ownCounters);
    flushBeforeBlocking();
    record.accelerated = true;
  } catch (err) {
    record.reason = `left as it is: ${err.message}`;
  }

  return record;
}

/** Leaves a copy to the other copy of framewright that has accelerated it. */
function adopt(record, { codec, counters, path, version }) {
  if (counters !== null && codec !== ownCounters) others.set(codec, counters);

  return {
    ...record,
    accelerated: true,
    reason: `accelerated before by framewright ${version ?? 'of another version'} ${
      path === null ? 'in a bundle' : `at ${path}`
    }`,
    by: { version, path }
  };
}

/**
 * Finds the package a Receiver class was loaded from; a bundled one has none.
 */
function locate(Receiver) {
  for (const [file, module] of Object.entries(hostRequire.cache)) {
    if (module?.exports !== Receiver) continue;

    const directory = path.dirname(path.dirname(file));

    try {
      const { version } = JSON.parse(
        fs.readFileSync(path.join(directory, 'package.json'), 'utf8')
      );

      return { path: directory, version };
    } catch {
      return { path: directory, version: null };
    }
  }

  return { path: null, version: null };
}

/**
 * What framewright does in this process.
 *
 * @return {{backend: String, reason: String, io: Object, copies: Object[],
 *     counters: Object, metrics: Object[]}} The backend and why it is that one, how
 *     sockets are read and why, each copy of ws, what the codec has counted, and
 *     `metrics()` if any are kept
 * @public
 */
function status() {
  return {
    backend: backend.name,
    reason: backend.reason,
    io: { ...io },
    copies: [...copies.values()].map((copy) => ({ ...copy })),
    counters: allCounters(),
    ...snapshots()
  };
}

/** What all copies of framewright in this process have counted. */
function allCounters() {
  const sum = counters();

  for (const other of others.values()) {
    const counted = other();

    for (const name in sum) sum[name] += Number(counted[name]) || 0;
  }

  return sum;
}

function counters() {
  const counters = backend.counters();

  for (const name in ownCounters) counters[name] -= ownCounters[name];
  return counters;
}

module.exports = { accelerate, accelerateClasses, accelerateServer, status };
