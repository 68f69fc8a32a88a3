'use strict';

/** Properties that a stream's socket takes from its connection's socket. */
const ABOUT = [
  'alpnProtocol',
  'authorizationError',
  'authorized',
  'encrypted',
  'localAddress',
  'localFamily',
  'localPort',
  'remoteAddress',
  'remoteFamily',
  'remotePort',
  'servername'
];

/** Methods of a TLS socket. */
const ASKED = [
  'getCertificate',
  'getCipher',
  'getPeerCertificate',
  'getPeerX509Certificate',
  'getProtocol'
];

/**
 * Gives the socket of a stream the properties of its connection's socket.
 *
 * @param {StreamSocket} streamSocket The socket of a stream
 * @param {Http2Session} session Its connection
 */
function copyAbout(streamSocket, session) {
  const { socket } = session;

  for (const name of ABOUT) streamSocket[name] = socket[name];
  for (const name of ASKED) {
    if (typeof socket[name] === 'function') {
      // A closed session no longer has a socket.
      streamSocket[name] = (...args) =>
        session.destroyed ? undefined : session.socket[name](...args);
    }
  }
}

module.exports = copyAbout;
