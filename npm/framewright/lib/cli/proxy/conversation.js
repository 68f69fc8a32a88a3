'use strict';

const { ClosedBy } = require('../../tap/live-records');
const { MessageReader } = require('./message-reader');
const { noTunnel, unreadable } = require('./refusal');
const Request = require('./request');
const {
  MAX_START_LENGTH,
  canBecomeRequest,
  isRequest
} = require('./request-start');

/** What goes over the connection. */
const HTTP = 0;
const WEBSOCKET = 1;
/** What the client sends isn't passed on anymore. */
const REFUSING = 2;
const UNKNOWN = 3;

const UNEXPECTED = { error: new Error('Nobody asked for it') };

/**
 * Follows what goes over a TCP connection: HTTP, and after a handshake
 * WebSocket, which the tap gets to see. All bytes go on as they came, but for
 * `Host` in the heads of requests. What isn't HTTP is left alone.
 */
class Conversation {
  #connection = null;
  #goOn = null;
  #host;
  #isLost = false;
  #open;
  #refusal = null;
  #refuse;
  /** The client's last one. */
  #request = null;
  #requests = new MessageReader();
  #responses = new MessageReader(() => this.#unanswered[0]?.method === 'HEAD');
  #send;
  #start = '';
  #state = HTTP;
  #status = 0;
  /** The request whose response tells what follows it. */
  #switching = null;
  #unanswered = [];

  /**
   * @param {Object} options The options
   * @param {String} [options.host] What to write into the requests' `Host`
   * @param {Function} options.open Takes the heads of a handshake and returns
   *     the tap's `Connection`
   * @param {Function} options.refuse Called once all responses are there, with
   *     one of our own and the request it is for, which the server doesn't get
   * @param {Function} options.send Called with what the server gets
   */
  constructor({ host, open, refuse, send }) {
    this.#host = host;
    this.#open = open;
    this.#refuse = refuse;
    this.#send = send;
  }

  /**
   * @param {Buffer} bytes What the client sent
   * @param {Function} cb Called when it may send more
   */
  fromClient(bytes, cb) {
    switch (this.#state) {
      case HTTP:
        this.#requests.push(bytes);
        this.#goOn = cb;
        if (this.#canBeHttp(bytes)) this.#readRequests();
        else this.#leaveAlone();
        return;
      case WEBSOCKET:
        this.#connection.chunk(false, bytes);
        this.#send(bytes);
        break;
      case UNKNOWN:
        this.#send(bytes);
    }

    cb();
  }

  /** A head may be incomplete; the server gets it as it is. */
  clientEnds() {
    if (this.#state === HTTP) this.#sendUnread();
  }

  /**
   * @param {Buffer} bytes What the server sent; the client has it already
   */
  fromServer(bytes) {
    if (this.#state === WEBSOCKET) {
      this.#connection.chunk(true, bytes);
    } else if (this.#state !== UNKNOWN && !this.#isLost) {
      this.#responses.push(bytes);
      this.#readResponses();
    }
  }

  /** There's no response to wait for. */
  serverEnds() {
    if (this.#switching !== null) this.#leaveAlone();
  }

  /**
   * @param {Number} by Who closed the connection, one of `ClosedBy`
   */
  close(by) {
    this.#connection?.close(by);
  }

  #canBeHttp(bytes) {
    if (this.#request !== null || this.#start.length >= MAX_START_LENGTH) {
      return true;
    }

    this.#start += bytes.toString('latin1', 0, MAX_START_LENGTH);
    return canBecomeRequest(this.#start);
  }

  #readRequests() {
    while (!this.#requests.isEmpty) {
      // What follows is HTTP or isn't; the response tells.
      if (this.#switching !== null) return;

      const part = this.#requests.next();

      // The head isn't complete.
      if (part === undefined) break;

      if (part.error !== undefined) {
        this.#onUnreadable(part);
        break;
      }

      if (part.message === undefined) {
        this.#send(part.bytes);
      } else if (part.message.method === 'CONNECT') {
        this.#startRefusing(noTunnel(), part.bytes);
        break;
      } else {
        this.#takeRequest(part);
      }

      if (part.isEnd && !this.#endRequest()) return;
    }

    this.#release();
  }

  #takeRequest({ bytes, message }) {
    this.#request = new Request(bytes, message, this.#host);
    if (!this.#isLost) this.#unanswered.push(this.#request);
    this.#send(this.#request.head);
  }

  #endRequest() {
    if (this.#request.canSwitch && !this.#request.isAnswered) {
      if (this.#isLost) {
        this.#leaveAlone();
        return false;
      }

      this.#switching = this.#request;
    }

    return true;
  }

  #onUnreadable({ bytes, error, isHead }) {
    if (isHead && (this.#request !== null || isRequest(error, bytes))) {
      this.#startRefusing(unreadable(error), bytes);
    } else {
      // A body without a known end, or not HTTP: the server decides.
      this.#state = UNKNOWN;
      this.#send(bytes);
    }
  }

  #startRefusing(response, request) {
    this.#state = REFUSING;
    this.#refusal = [response, request];
    this.#refuseInTurn();
  }

  #refuseInTurn() {
    if (this.#refusal === null || this.#unanswered.length > 0) return;

    this.#refuse(...this.#refusal);
    this.#refusal = null;
  }

  #readResponses() {
    while (!this.#responses.isEmpty) {
      const isExpected = this.#unanswered.length > 0;
      const part = isExpected ? this.#responses.next() : UNEXPECTED;

      // The head isn't complete.
      if (part === undefined) return;

      if (part.error !== undefined) {
        this.#lose();
        return;
      }

      if (part.message?.code === 101) {
        this.#switch(part.bytes);
        return;
      }

      if (part.message !== undefined) this.#takeResponse(part);
      // RFC 9110, section 15.2: those of class 1 come before the response.
      if (part.isEnd && this.#status >= 200) {
        this.#unanswered.shift();
        this.#refuseInTurn();
      }
    }
  }

  #takeResponse({ bytes, message }) {
    const [request] = this.#unanswered;

    this.#status = message.code;
    if (message.code < 200) return;

    request.isAnswered = true;

    if (request.isWebSocket) {
      this.#openTap(request, bytes).close(ClosedBy.SERVER);
    }

    if (request === this.#switching) {
      this.#switching = null;
      this.#readRequests();
    }
  }

  #switch(head) {
    const [request] = this.#unanswered;

    if (!request.canSwitch) {
      this.#lose();
      return;
    }

    if (!request.isWebSocket) {
      this.#leaveAlone();
      return;
    }

    const early = this.#requests.drain();
    const bytes = this.#responses.drain();

    this.#connection = this.#openTap(request, head);
    this.#state = WEBSOCKET;
    this.#request = null;
    this.#switching = null;
    this.#unanswered = [];

    if (early.length > 0) {
      this.#connection.chunk(false, early);
      this.#send(early);
    }

    if (bytes.length > 0) this.#connection.chunk(true, bytes);
    this.#release();
  }

  #openTap({ head }, response) {
    return this.#open(head.toString('latin1'), response.toString('latin1'));
  }

  /** From now on it isn't known which response belongs to which request. */
  #lose() {
    this.#isLost = true;
    this.#unanswered = [];
    this.#refuseInTurn();
    if (this.#switching !== null) this.#leaveAlone();
  }

  #leaveAlone() {
    this.#state = UNKNOWN;
    this.#switching = null;
    this.#sendUnread();
    this.#release();
  }

  #sendUnread() {
    const bytes = this.#requests.drain();

    if (bytes.length > 0) this.#send(bytes);
  }

  #release() {
    const cb = this.#goOn;

    this.#goOn = null;
    cb?.();
  }
}

module.exports = Conversation;
