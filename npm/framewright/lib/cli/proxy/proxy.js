'use strict';

const net = require('net');
const tls = require('tls');

const Followed = require('./followed');
const ProxiedConnection = require('./proxied-connection');

/**
 * Forwards TCP connections to a server, byte by byte, and shows the tap those
 * that become WebSocket connections.
 *
 * @param {Object} options The options
 * @param {Control} [options.control] What sends and holds messages
 * @param {Function} options.onRefused Called with the error, where the server
 *     can't be reached
 * @param {Recording} [options.recording] Where everything is recorded
 * @param {Tap} options.tap The tap
 * @param {Object} options.to `host` and `port` of the server, `tls` if it wants
 *     that, and `insecure` if its certificate isn't to be checked
 * @return {net.Server} Not yet listening
 */
function createProxy({ control, onRefused, recording, tap, to }) {
  return net.createServer({ allowHalfOpen: true }, (client) => {
    // It may be gone already.
    if (client.remoteAddress === undefined) {
      client.destroy();
      return;
    }

    const about = {
      isTls: to.tls,
      peer: addressOf(client.remoteAddress, client.remotePort)
    };
    // A server with TLS often shares its address with others, and is chosen by
    // its name.
    const host = to.tls ? hostOf(to) : undefined;
    const server = to.tls ? tls.connect(tlsOptions(to)) : net.connect(tcp(to));
    const connection = new ProxiedConnection(client, server, {
      control,
      flow: recording?.open(client),
      host,
      onRefused,
      open: (request, response) =>
        tap.open(new Followed(), { ...about, request, response })
    });

    server.once(to.tls ? 'secureConnect' : 'connect', () => {
      connection.forward();
    });
  });
}

function tcp({ host, port }) {
  return { allowHalfOpen: true, host, port };
}

function tlsOptions({ host, insecure, port }) {
  return {
    ...tcp({ host, port }),
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: !insecure,
    ...(net.isIP(host) ? {} : { servername: host })
  };
}

function hostOf({ host, port }) {
  return port === 443 ? bracketed(host) : addressOf(host, port);
}

function addressOf(host, port) {
  return `${bracketed(host)}:${port}`;
}

function bracketed(host) {
  return net.isIPv6(host) ? `[${host}]` : host;
}

module.exports = createProxy;
