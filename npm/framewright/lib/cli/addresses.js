'use strict';

const UsageError = require('./usage-error');

const LOOPBACK = '127.0.0.1';

/**
 * Reads a port number.
 *
 * @param {String} text Such as `9000`
 * @return {Number} The port
 * @throws {UsageError} If it isn't one
 */
function readPort(text) {
  const port = Number(text);

  if (!/^\d+$/.test(text) || port > 65535) {
    throw new UsageError('It must be a port, from 0 to 65535.');
  }

  return port;
}

/**
 * Reads an address to listen on.
 *
 * @param {String} text Such as `9000`, `0.0.0.0:9000` or `[::1]:9000`
 * @return {{host: String, port: Number}} The address
 * @throws {UsageError} If it isn't one
 */
function readAddress(text) {
  if (/^\d+$/.test(text)) return { host: LOOPBACK, port: readPort(text) };

  const [, bracketed, host, port] =
    /^(?:\[([\da-f:.]+)\]|([^\s:/[\]]+)):(\d+)$/i.exec(text) ?? [];

  if (port === undefined) {
    throw new UsageError('It must be like localhost:3000.');
  }

  return { host: bracketed ?? host, port: readPort(port) };
}

/** What a server's URL may begin with: whether it wants TLS, and its port. */
const SCHEMES = {
  'http:': { tls: false, port: 80 },
  'https:': { tls: true, port: 443 },
  'ws:': { tls: false, port: 80 },
  'wss:': { tls: true, port: 443 }
};

/**
 * Reads a server's address.
 *
 * @param {String} text Such as `3000`, `localhost:3000`, `[::1]:3000` or
 *     `wss://example.org`
 * @return {{host: String, port: Number, path: (String|undefined), tls:
 *     (Boolean|undefined)}} The address; from a URL, also the path to ask for,
 *     and whether the server wants TLS
 * @throws {UsageError} If it isn't one
 */
function readServer(text) {
  if (text.includes('://')) return readUrl(text);

  const address = readAddress(text);

  if (address.port === 0) {
    throw new UsageError('It must be a port that a server is on.');
  }

  return address;
}

function readUrl(text) {
  const url = URL.canParse(text) ? new URL(text) : null;
  const scheme = SCHEMES[url?.protocol];

  if (scheme === undefined || url.hostname === '' || url.port === '0') {
    throw new UsageError('It must be like wss://example.org or ws://[::1]:80.');
  }

  if (url.username !== '' || url.password !== '') {
    throw new UsageError('The proxy adds no credentials: leave them out.');
  }

  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    path: url.pathname + url.search,
    port: url.port === '' ? scheme.port : Number(url.port),
    tls: scheme.tls
  };
}

/** An address as it is written in URLs. */
function writeAddress({ host, port }) {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

module.exports = { LOOPBACK, readAddress, readPort, readServer, writeAddress };
