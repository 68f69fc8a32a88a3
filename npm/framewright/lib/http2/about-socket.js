'use strict';

/** What is told of a socket, and of a stream the same as of its connection's. */
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

/** What can be asked of a socket that has TLS. */
const ASKED = [
  'getCertificate',
  'getCipher',
  'getPeerCertificate',
  'getPeerX509Certificate',
  'getProtocol'
];

/**
 * Gives the socket of a stream what is told of its connection's.
 *
 * @param {StreamSocket} streamSocket The socket of a stream
 * @param {Http2Session} session Its connection
 */
function copyAbout(streamSocket, session) {
  const { socket } = session;

  for (const name of ABOUT) streamSocket[name] = socket[name];
  for (const name of ASKED) {
    if (typeof socket[name] === 'function') {
      // Once it is closed, nobody can say any more.
      streamSocket[name] = (...args) =>
        session.destroyed ? undefined : session.socket[name](...args);
    }
  }
}

module.exports = copyAbout;
