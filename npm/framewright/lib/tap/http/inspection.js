'use strict';

const tls = require('tls');
const { performance } = require('perf_hooks');

const Access = require('./access');
const Handler = require('./handler');
const intercept = require('../../intercept');
const liveStream = require('../live-stream');
const { Page } = require('./page');
const SocketTap = require('../socket-tap');
const Tap = require('../tap');

const DEFAULT_PATH = '/__frames/';

/** How often the address is printed at most, in ms. */
const PRINT_INTERVAL = 10_000;

// The real one, also for apps whose tests replace it later.
const now = performance.now.bind(performance);

/** The inspector of an app: its page, its live stream, the servers it taps. */
class Inspection {
  #access;
  #handler;
  #printedAt = -Infinity;
  #restores = new Map();
  #tap;

  /**
   * @param {Object} [options] As in `inspect()`
   */
  constructor(options = {}) {
    const { bufferLength, hosts, nameOf, path = DEFAULT_PATH, token } = options;

    if (process.env.NODE_ENV === 'production' && token === undefined) {
      throw new Error(
        'inspect() shows all that goes over the wire: with ' +
          'NODE_ENV=production it needs options.token'
      );
    }

    if (!/^(?:\/[^/?#]+)+\/$/.test(path)) {
      throw new TypeError("options.path must be of the form '/__frames/'");
    }

    if (nameOf !== undefined && typeof nameOf !== 'function') {
      throw new TypeError('options.nameOf must be a function');
    }

    /** Where the page is. */
    this.path = path;
    this.#tap = new Tap(nameOf);
    this.#access = new Access({ hosts, token });
    this.#handler = new Handler({
      access: this.#access,
      hint: () => this.#hint(),
      page: new Page(),
      resources: { stream: liveStream(this.#tap, bufferLength) },
      show: 'live=stream'
    });
  }

  /**
   * The page's address on this machine, with the token; `null` while no server
   * listens.
   *
   * @type {(String|null)}
   */
  get url() {
    for (const server of this.#restores.keys()) {
      const origin = originOf(server);

      if (origin !== null) return this.#access.addressOf(origin + this.path);
    }

    return null;
  }

  /**
   * Taps the connections that a server upgrades from now on.
   *
   * @param {Server} server An HTTP or HTTPS server
   * @param {Boolean} [takesRequests] Whether its requests are answered here,
   *     where they are for the inspector
   */
  attach(server, takesRequests = false) {
    if (this.#restores.has(server)) return;

    this.#restores.set(
      server,
      intercept(server, {
        request: (req, res) => {
          const [path] = req.url.split('?', 1);

          return takesRequests && this.answer(path, req, res);
        },
        upgrade: (req, socket, head) => {
          SocketTap.upgrade(this.#tap, socket, req, head);
          return false;
        }
      })
    );
  }

  /**
   * Taps a connection that is open already.
   *
   * @param {WebSocket} websocket A server's WebSocket
   */
  attachClient(websocket) {
    if (websocket._socket) SocketTap.midstream(this.#tap, websocket._socket);
  }

  /**
   * Answers a request that is for the inspector.
   *
   * @param {String} path The request's path
   * @param {IncomingMessage} req The request
   * @param {ServerResponse} res The response
   * @return {Boolean} Whether it is
   */
  answer(path, req, res) {
    if (path.startsWith(this.path)) {
      this.#handler.handle(req, res, path.slice(this.path.length));
      return true;
    }

    if (`${path}/` !== this.path) return false;

    // Relative, since the app may be mounted somewhere.
    res.writeHead(301, { Location: `${path.split('/').at(-1)}/` }).end();
    return true;
  }

  /** Ends the live streams and lets the servers go. */
  close() {
    for (const restore of this.#restores.values()) restore();
    this.#restores.clear();
    this.#tap.end();
  }

  /** A random token can only be read from what this process prints. */
  #hint() {
    if (this.#access.isChosen || this.url === null) return '';

    if (now() - this.#printedAt > PRINT_INTERVAL) {
      this.#printedAt = now();
      console.error(`The frames are shown at ${this.url}`);
    }

    return ': open the address that the server prints on its terminal';
  }
}

/** The URL by which this machine reaches a server, or `null`. */
function originOf(server) {
  const address = server.address();

  if (address === null || typeof address === 'string') return null;

  const scheme = server instanceof tls.Server ? 'https' : 'http';
  const host = address.family === 'IPv4' ? '127.0.0.1' : 'localhost';

  return `${scheme}://${host}:${address.port}`;
}

module.exports = Inspection;
