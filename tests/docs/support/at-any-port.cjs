// Preloaded into the programs of the documentation. They run as they are printed, but wherever they listen, it is on any
// free port of 127.0.0.1, and the parent is told which. Where they connect to a port that DOCS_PORTS names, it is to the
// port that stands in for it.

'use strict';

const cluster = require('cluster');
const { createRequire } = require('module');
const net = require('net');
const path = require('path');

const { listen } = net.Server.prototype;

net.Server.prototype.listen = function (...args) {
  const callbacks = args.filter((arg) => typeof arg === 'function');

  this.once('listening', () => {
    // What a primary process listens with for its workers is ready before they are.
    if (Object.keys(cluster.workers ?? {}).length > 0) return;
    process.send({ port: this.address().port });
  });
  return listen.call(this, { host: '127.0.0.1', port: 0 }, ...callbacks);
};

const standIns = JSON.parse(process.env.DOCS_PORTS ?? '{}');
const { connect } = net.Socket.prototype;

net.Socket.prototype.connect = function (...args) {
  // net.connect() calls it with its own arguments in one array.
  const [first] = args;
  const options = Array.isArray(first) ? first[0] : first;

  if (options?.port in standIns) options.port = standIns[options.port];
  return connect.apply(this, args);
};

// A worker tells its primary process, which tells the parent.
if (cluster.isPrimary) {
  cluster.on('message', (worker, message) => process.send(message));
}

process.on('message', () => {
  const load = createRequire(path.join(process.cwd(), 'program.mjs'));

  process.send({ status: load('framewright').status() });
});
// The parent decides when the program is over, not this channel. A worker lives by its own.
if (cluster.isPrimary) process.channel.unref();
process.on('disconnect', () => process.exit());
