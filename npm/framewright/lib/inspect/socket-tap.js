'use strict';

const { announceCopying } = require('../copying-write');
const Connection = require('./connection');
const { ClosedBy } = require('./live-records');

const kTap = Symbol('framewright.tap');

/** A longer response head isn't the end of a WebSocket handshake, in octets. */
const MAX_HEAD_LENGTH = 64 * 1024;

/** What leaves in one go is one chunk, up to so many octets. */
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
  // What every chunk needs comes first, so that it lies together.
  /** The response as far as it was written, until its head is complete. */
  #head = null;
  #push;
  #write;
  #writev;

  #closedBy = ClosedBy.SERVER;
  /** What came behind the request's head. */
  #early = NONE;
  #request = '';
  #socket;
  #tap;

  /**
   * Taps a socket that is to be upgraded.
   *
   * @param {Tap} tap Where its octets go
   * @param {Duplex} socket The socket
   * @param {IncomingMessage} req The upgrade request
   * @param {Buffer} early What came behind its head
   */
  static upgrade(tap, socket, req, early) {
    if (socket[kTap] !== undefined) return;

    const socketTap = new SocketTap(tap, socket);

    socketTap.#early = early;
    socketTap.#head = '';
    socketTap.#request = headOf(req);
    socketTap.#tapWrites();
  }

  /**
   * Taps a socket that was upgraded before.
   *
   * @param {Tap} tap Where its octets go
   * @param {Duplex} socket The socket
   */
  static midstream(tap, socket) {
    if (socket[kTap] !== undefined || socket.destroyed) return;
    new SocketTap(tap, socket).#open('', true);
  }

  /** @private */
  constructor(tap, socket) {
    super();
    this.#socket = socket;
    this.#tap = tap;
    this.#push = socket.push;
    this.#write = socket._write;
    this.#writev = socket._writev;

    socket[kTap] = this;
    // So that tapped sockets have one shape, watched or not: what V8 compiles for
    // two of them is slower.
    this.watch(false);
    announceCopying(socket, write);
    socket.on('end', () => {
      if (!socket.writableEnded) this.#closedBy = ClosedBy.CLIENT;
    });
    socket.on('close', (isError) => {
      this.close(isError ? ClosedBy.ERROR : this.#closedBy);
    });
  }

  /** @override */
  watch(isWatched) {
    if (isWatched) {
      this.#tapWrites();
      this.#socket.push = push;
    } else {
      this.#untapWrites();
      this.#socket.push = this.#push;
    }
  }

  #takeOut(octets) {
    if (this.#head === null) {
      this.chunk(true, octets);
      return;
    }

    this.#head += octets.toString('latin1');

    const end = this.#head.indexOf('\r\n\r\n') + 4;

    if (end >= 4) this.#endHead(end);
    else if (this.#head.length > MAX_HEAD_LENGTH) this.#untapWrites();
  }

  #endHead(end) {
    const early = this.#early;
    const response = this.#head.slice(0, end);
    const rest = Buffer.from(this.#head.slice(end), 'latin1');

    this.#early = NONE;
    this.#head = null;
    this.#untapWrites();
    this.#open(response, false);

    if (!/^HTTP\/1\.\d 101\D/.test(response)) {
      this.close(ClosedBy.SERVER);
      this.watch(false);
      return;
    }

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

  #tapWrites() {
    this.#socket._write = write;
    if (this.#writev) this.#socket._writev = writev;
  }

  /** Assigns, since deleting a property would make the socket a slow object. */
  #untapWrites() {
    this.#socket._write = this.#write;
    if (this.#writev) this.#socket._writev = this.#writev;
  }

  // The methods of a tapped socket.

  static push(chunk, encoding) {
    const socketTap = this[kTap];

    if (chunk) {
      socketTap.chunk(false, octetsOf(chunk, encoding));
    }

    return socketTap.#push.call(this, chunk, encoding);
  }

  static write(chunk, encoding, cb) {
    const socketTap = this[kTap];

    socketTap.#takeOut(octetsOf(chunk, encoding));
    socketTap.#write.call(this, chunk, encoding, cb);
  }

  static writev(chunks, cb) {
    const socketTap = this[kTap];
    const parts = chunks.map(({ chunk, encoding }) =>
      octetsOf(chunk, encoding)
    );
    const length = parts.reduce((sum, part) => sum + part.length, 0);

    // ws writes a header and its payload apart; together they are a frame again.
    if (length <= MAX_JOINED_LENGTH) {
      socketTap.#takeOut(Buffer.concat(parts, length));
    } else {
      for (const part of parts) socketTap.#takeOut(part);
    }

    socketTap.#writev.call(this, chunks, cb);
  }
}

const { push, write, writev } = SocketTap;

function octetsOf(chunk, encoding) {
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
