'use strict';

const { ClosedBy } = require('../../inspect/live-records');

/** Longer heads aren't looked at, in octets. */
const MAX_HEAD_LENGTH = 64 * 1024;

const HEAD_END = '\r\n\r\n';
const REQUEST_START = /^[A-Z]{1,16}(?: |$)/;
const UPGRADE = /^upgrade:[^\r\n]*\bwebsocket\b/im;
const HOST = /^host:[^\r\n]*/im;
const STATUS = /^HTTP\/1\.\d (\d{3})\D/;

/** What goes over the connection. */
const HTTP = 0;
const SHAKING_HANDS = 1;
const WEBSOCKET = 2;
const UNKNOWN = 3;

const EMPTY = Buffer.alloc(0);

/**
 * Looks out for the handshakes on a TCP connection, and hands what follows to
 * the tap. Until there is one, a chunk that begins like a request is taken for
 * one: clients send the next request when they have the last response.
 */
class HandshakeWatch {
  #connection = null;
  #early = EMPTY;
  #host;
  #open;
  #request = '';
  #response = '';
  #state = HTTP;

  /**
   * @param {Function} open Takes the heads of a handshake and returns the tap's
   *     `Connection`
   * @param {String} [host] What to write into the requests' `Host`
   */
  constructor(open, host) {
    this.#open = open;
    this.#host = host;
  }

  /**
   * @param {Buffer} octets What the client sent
   * @return {Buffer} What the server is to get now; heads go in one piece
   */
  fromClient(octets) {
    switch (this.#state) {
      case HTTP:
        return this.#takeRequest(octets.toString('latin1'), octets);
      case SHAKING_HANDS:
        this.#early = Buffer.concat([this.#early, octets]);
        if (this.#early.length > MAX_HEAD_LENGTH) this.#state = UNKNOWN;
        break;
      case WEBSOCKET:
        this.#connection.chunk(false, octets);
    }

    return octets;
  }

  /**
   * @return {Buffer} What was held back of a head that isn't complete
   */
  clientEnds() {
    return this.#state === HTTP ? this.#release() : EMPTY;
  }

  /**
   * @param {Buffer} octets What the server sent
   */
  fromServer(octets) {
    if (this.#state === WEBSOCKET) this.#connection.chunk(true, octets);
    else if (this.#state === SHAKING_HANDS) this.#takeResponse(octets);
  }

  /**
   * @param {Number} by Who closed the connection, one of `ClosedBy`
   */
  close(by) {
    this.#connection?.close(by);
  }

  #takeRequest(text, octets) {
    if (this.#request === '' && !REQUEST_START.test(text)) return octets;

    this.#request += text;

    const end = this.#request.indexOf(HEAD_END) + HEAD_END.length;

    if (end < HEAD_END.length) {
      return this.#request.length > MAX_HEAD_LENGTH ? this.#release() : EMPTY;
    }

    const rest = this.#request.slice(end);
    let head = this.#request.slice(0, end);

    if (this.#host !== undefined) {
      head = head.replace(HOST, `Host: ${this.#host}`);
    }

    if (UPGRADE.test(head)) {
      this.#request = head;
      this.#early = Buffer.from(rest, 'latin1');
      this.#response = '';
      this.#state = SHAKING_HANDS;
    } else {
      this.#request = '';
    }

    return Buffer.from(head + rest, 'latin1');
  }

  #release() {
    const octets = Buffer.from(this.#request, 'latin1');

    this.#request = '';
    return octets;
  }

  #takeResponse(octets) {
    this.#response += octets.toString('latin1');

    const end = this.#response.indexOf(HEAD_END) + HEAD_END.length;

    if (end < HEAD_END.length) {
      if (this.#response.length > MAX_HEAD_LENGTH) this.#state = UNKNOWN;
      return;
    }

    const head = this.#response.slice(0, end);
    const rest = Buffer.from(this.#response.slice(end), 'latin1');
    const [, status] = STATUS.exec(head) ?? [];

    // RFC 9110, section 15.2: others of that class come before the response.
    if (status !== '101' && status?.startsWith('1')) {
      this.#response = '';
      if (rest.length > 0) this.#takeResponse(rest);
      return;
    }

    const connection = this.#open(this.#request, head);

    this.#request = '';

    if (status !== '101') {
      connection.close(ClosedBy.SERVER);
      this.#state = HTTP;
      return;
    }

    this.#connection = connection;
    this.#state = WEBSOCKET;
    if (this.#early.length > 0) connection.chunk(false, this.#early);
    if (rest.length > 0) connection.chunk(true, rest);
    this.#early = EMPTY;
  }
}

module.exports = HandshakeWatch;
