'use strict';

const { Socket } = require('net');

const { announceCopying } = require('../outbox/kernel-write');
const Connection = require('./connection');
const { ClosedBy } = require('./live-records');
const { Midstream } = require('./midstream/midstream');
const Start = require('./midstream/start');
const webSocketOf = require('./midstream/web-socket-of');
const name = require('./name');

const kTap = Symbol('framewright.tap');

/** The first view of a socket that is watched, else null. */
const kView = Symbol('framewright.view');

/** A longer response head isn't the end of a WebSocket handshake, in bytes. */
const MAX_HEAD_LENGTH = 64 * 1024;

/** What is written in one go is one chunk, up to this many bytes. */
const MAX_JOINED_LENGTH = 64 * 1024;

const NONE = Buffer.alloc(0);

/**
 * A server's socket that is upgraded to WebSocket.
 *
 * It is tapped where every user of a socket has to pass, so it makes no
 * difference which copy of ws reads it, and whether that one is accelerated.
 * Incoming: `push()`, between the kernel or TLS and the stream's buffer, before
 * ws unmasks the chunk in place; with a second `'data'` listener, `emit()` would
 * copy its list of them for every chunk. Outgoing: `_write()` and `_writev()`, on
 * the buffer's other side. A socket that isn't watched has its own, and costs
 * nothing.
 */
class SocketTap extends Connection {
  #closedBy = ClosedBy.SERVER;
  /** What came after the request's head. */
  #early = NONE;
  /** The response as far as it was written, until its head is complete. */
  #head = null;
  #midstream = null;
  #request = '';
  /** The upgrade request, until the connection has its name. */
  #req = undefined;
  #socket;
  #tap;
  /** The socket's own methods, and those that show their bytes. */
  #own;
  #tapped;

  /**
   * Taps a socket that is to be upgraded.
   *
   * @param {Tap} tap Where its bytes go
   * @param {Duplex} socket The socket
   * @param {IncomingMessage} req The upgrade request
   * @param {Buffer} early What came after its head
   */
  static upgrade(tap, socket, req, early) {
    if (socket[kTap] !== undefined) return;

    const socketTap = new SocketTap(tap, socket);

    socketTap.#early = early;
    socketTap.#head = '';
    socketTap.#req = req;
    socketTap.#request = headOf(req);
    socketTap.#setWrites(socketTap.#tapped);
  }

  /**
   * Taps a socket that was upgraded before.
   *
   * @param {Tap} tap Where its bytes go
   * @param {Duplex} socket The socket
   */
  static midstream(tap, socket) {
    if (socket[kTap] !== undefined || socket.destroyed) return;

    const socketTap = new SocketTap(tap, socket);

    socketTap.#open('', true);
    socketTap.#askName();
  }

  /** @private */
  constructor(tap, socket) {
    super();
    this.#own = methodsOf(socket);
    this.#socket = socket;
    this.#tap = tap;
    this.#tapped = tappedOf(this.#own);

    socket[kTap] = this;
    // So that tapped sockets have one shape, watched or not: what V8 compiles for
    // two of them is slower.
    this.onViews();
    announceCopying(socket, this.#tapped.write);
    socket.on('end', () => {
      if (!socket.writableEnded) this.#closedBy = ClosedBy.CLIENT;
    });
    socket.on('close', (isError) => {
      this.close(isError ? ClosedBy.ERROR : this.#closedBy);
    });
  }

  /** @override */
  onViews() {
    const methods = this.view === null ? this.#own : this.#tapped;

    this.#socket[kView] = this.view;
    this.#socket.push = methods.push;
    this.#setWrites(methods);
  }

  /** @override */
  startOf(view) {
    const webSocket = webSocketOf(this.#socket);

    if (webSocket === undefined) return null;

    this.#midstream ??= new Midstream(webSocket);
    return new Start(view, this.#midstream);
  }

  /** Takes what is written while nobody views the socket. */
  takeHead(bytes) {
    if (this.#head === null) return;

    this.#head += bytes.toString('latin1');

    const end = this.#head.indexOf('\r\n\r\n') + 4;

    if (end >= 4) this.#endHead(end);
    else if (this.#head.length > MAX_HEAD_LENGTH) this.#setWrites(this.#own);
  }

  #endHead(end) {
    const early = this.#early;
    const response = this.#head.slice(0, end);
    const rest = Buffer.from(this.#head.slice(end), 'latin1');

    this.#early = NONE;
    this.#head = null;
    this.#setWrites(this.#own);
    this.#open(response, false);

    if (!/^HTTP\/1\.\d 101\D/.test(response)) {
      this.close(ClosedBy.SERVER);
      return;
    }

    this.#askName();
    if (early.length > 0) this.chunk(false, early);
    if (rest.length > 0) this.chunk(true, rest);
  }

  #open(response, isMidstream) {
    const socket = this.#socket;

    this.#tap.open(this, {
      isMidstream,
      isTls: socket.encrypted === true,
      peer: addressOf(socket),
      request: this.#request,
      response
    });
  }

  #askName() {
    const { nameOf } = this.#tap;
    const req = this.#req;

    this.#req = undefined;
    if (nameOf !== undefined) name(this, nameOf, this.#socket, req);
  }

  /** Assigns, since deleting a property would make the socket a slow object. */
  #setWrites({ write, writev }) {
    this.#socket._write = write;
    if (writev) this.#socket._writev = writev;
  }
}

function methodsOf({ push, _write, _writev }) {
  return { push, write: _write, writev: _writev };
}

/**
 * Methods that show bytes before they do what the socket's own do. They hold
 * what they need, and don't ask the tap for it: its memory would have to be
 * fetched, see `View`.
 */
function tap(own) {
  return {
    push(chunk, encoding) {
      // Somebody may have kept the method and call it when nobody watches.
      if (chunk) this[kView]?.chunk(false, bytesOf(chunk, encoding));
      return own.push.call(this, chunk, encoding);
    },
    write(chunk, encoding, cb) {
      show(this, bytesOf(chunk, encoding));
      own.write.call(this, chunk, encoding, cb);
    },
    writev:
      own.writev &&
      function (chunks, cb) {
        const parts = chunks.map(({ chunk, encoding }) =>
          bytesOf(chunk, encoding)
        );
        const length = parts.reduce((sum, part) => sum + part.length, 0);

        // ws writes a header and its payload apart; together they are a frame
        // again.
        if (length <= MAX_JOINED_LENGTH) {
          show(this, Buffer.concat(parts, length));
        } else {
          for (const part of parts) show(this, part);
        }

        own.writev.call(this, chunks, cb);
      }
  };
}

function show(socket, bytes) {
  const view = socket[kView];

  if (view === null) socket[kTap].takeHead(bytes);
  else view.chunk(true, bytes);
}

const SOCKET_OWN = methodsOf(Socket.prototype);
const SOCKET_TAPPED = tap(SOCKET_OWN);

/** Nearly all sockets have the same, and so share them. */
function tappedOf(own) {
  const isSame = Object.keys(own).every((key) => own[key] === SOCKET_OWN[key]);

  return isSame ? SOCKET_TAPPED : tap(own);
}

function bytesOf(chunk, encoding) {
  return typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
}

/** The head of a request, as far as Node's parser keeps it: not its spaces. */
function headOf({ httpVersion, method, rawHeaders, url }) {
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`;

  for (let i = 0; i < rawHeaders.length; i += 2) {
    head += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  }

  return `${head}\r\n`;
}

function addressOf({ remoteAddress, remotePort }) {
  if (remoteAddress === undefined) return '';
  return remoteAddress.includes(':')
    ? `[${remoteAddress}]:${remotePort}`
    : `${remoteAddress}:${remotePort}`;
}

module.exports = SocketTap;
