// Loads copies of ws: several of one version in one process, stock, accelerated, or with a fault put in.

import fs from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);

/** The versions under test, oldest first; each is installed as the alias `ws-<version>`. */
export const VERSIONS = [
  '8.5',
  '8.10',
  '8.13',
  '8.16',
  '8.18',
  '8.20',
  '8.21',
  '8.22',
  '8.23'
];
export const NEWEST = VERSIONS.at(-1);

/** Whether `version` (such as '8.16') is at least `other`. */
export function isAtLeast(version, other) {
  return VERSIONS.indexOf(version) >= VERSIONS.indexOf(other);
}

/**
 * Loads a copy of ws of its own: no module is shared with any other copy.
 *
 * @param {string} version One of VERSIONS
 * @param {(file: string, source: string) => string} [edit] Changes a source file as it is loaded
 */
export function loadCopy(version, edit) {
  const entry = require.resolve(`ws-${version}`);
  const root = path.dirname(entry);
  for (const file of Object.keys(require.cache)) {
    if (file.startsWith(root + path.sep)) delete require.cache[file];
  }
  const { load } = Module.prototype;
  if (edit) {
    Module.prototype.load = function (file) {
      if (!file.startsWith(root)) return load.call(this, file);
      this.filename = file;
      this.paths = Module._nodeModulePaths(path.dirname(file));
      const source = fs.readFileSync(file, 'utf8');
      this._compile(edit(path.relative(root, file), source), file);
      this.loaded = true;
    };
  }
  try {
    const WebSocket = require(entry);
    const lib = (name) => require(path.join(root, 'lib', `${name}.js`));
    return {
      version,
      WebSocket,
      WebSocketServer: WebSocket.WebSocketServer,
      Receiver: WebSocket.Receiver,
      Sender: WebSocket.Sender,
      PerMessageDeflate: lib('permessage-deflate'),
      kStatusCode: lib('constants').kStatusCode
    };
  } finally {
    Module.prototype.load = load;
  }
}

/** Loads a copy of ws and accelerates it. */
export function loadAccelerated(version) {
  const copy = loadCopy(version);
  const framewright = require('framewright');
  framewright.accelerate(copy.WebSocket);
  const { accelerated, reason } = framewright.status().copies.at(-1);
  if (!accelerated) throw new Error(`ws ${version} was ${reason}`);
  return copy;
}

/**
 * A stock copy and the one under test. `against` is 'framewright', or 'stock' to try the harness itself.
 */
export function loadTwins(version, against = 'framewright') {
  // The stock one first: who looks into the module cache must find the other.
  const stock = deafen(loadCopy(version));
  const ours =
    against === 'stock' ? deafen(loadCopy(version)) : loadAccelerated(version);
  return { stock, ours };
}

/**
 * Makes a stock Receiver deaf once it has failed, as `ws` means it to be.
 *
 * A Writable hands over the chunks it had buffered even after an error. Stock ws decodes them from
 * the state it left half-way: frames made of rubbish, and in 8.23.0 a TypeError, as the key is gone.
 */
export function deafen(copy) {
  const { prototype } = copy.Receiver;
  const { _write } = prototype;
  const failed = new WeakSet();
  prototype._write = function (chunk, encoding, callback) {
    if (failed.has(this)) return callback();
    _write.call(this, chunk, encoding, (err) => {
      if (err) failed.add(this);
      callback(err);
    });
  };
  return copy;
}

/** What the codec itself counted so far. */
export function counters() {
  return require('framewright').status().counters;
}

/** The extension object of a connection that negotiated permessage-deflate with `params`. */
export function perMessageDeflate(copy, isServer, params, options = {}) {
  const { PerMessageDeflate, version } = copy;
  const { maxPayload = 0, ...rest } = options;
  const extension = isAtLeast(version, '8.20')
    ? new PerMessageDeflate({ ...rest, isServer, maxPayload })
    : new PerMessageDeflate(rest, isServer, maxPayload);
  extension.params = { ...params };
  return extension;
}
