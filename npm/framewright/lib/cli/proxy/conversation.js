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
const { compressions } = require('./sending/compression');

/** What the bytes of the connection are. */
const HTTP = 0;
const WEBSOCKET = 1;
/** What the client sends isn't passed on any more. */
const REFUSING = 2;
const UNKNOWN = 3;

const EMPTY = Buffer.alloc(0);

const UNEXPECTED = { error: new Error('There was no request for it') };

/**
 * Follows the bytes of a TCP connection: HTTP, and after a handshake WebSocket,
 * which the tap sees. All bytes are passed on unchanged, except `Host` in the
 * heads of requests. What isn't HTTP is left alone.
 */
class Conversation {
  #connection = null;
  #control;
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
  #pass;
  /** What the messages of the client and the server go through, if anything. */
  #relay = null;
  #start = '';
  #state = HTTP;
  #status = 0;
  /** The request whose response decides what follows. */
  #switching = null;
  #unanswered = [];
  /** What the server has sent that isn't passed on yet. */
  #unpassed = EMPTY;

  /**
   * @param {Object} options The options
   * @param {Control} [options.control] What sends and holds messages
   * @param {String} [options.host] What to write into the requests' `Host`
   * @param {Function} options.open Takes the heads of a handshake and returns
   *     the tap's `Connection`
   * @param {Function} options.pass Called with whether bytes go to the client, and
   *     with them
   * @param {Function} options.refuse Called once all responses are there, with
   *     one of our own and its request, which the server doesn't get
   */
  constructor({ control, host, open, pass, refuse }) {
    this.#control = control;
    this.#host = host;
    this.#open = open;
    this.#pass = pass;
    this.#refuse = refuse;
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
        if (this.#relay !== null) {
          this.#relay.push(false, bytes, cb);
          return;
        }

        this.#connection.chunk(false, bytes);
        this.#send(bytes);
        break;
      case UNKNOWN:
        this.#send(bytes);
    }

    cb();
  }

  /**
   * The client has ended. A head may be incomplete; the server gets it as it
   * is.
   *
   * @param {Function} cb Called when all is passed on
   */
  clientEnds(cb) {
    if (this.#state === HTTP) this.#sendUnread();
    if (this.#relay === null) cb();
    else this.#relay.end(false, cb);
  }

  /**
   * @param {Buffer} bytes What the server sent
   * @param {Function} cb Called when it may send more
   */
  fromServer(bytes, cb) {
    if (this.#relay !== null) {
      this.#relay.push(true, bytes, cb);
      return;
    }

    this.#unpassed = bytes;

    if (this.#state === WEBSOCKET) {
      this.#connection.chunk(true, bytes);
    } else if (this.#state !== UNKNOWN && !this.#isLost) {
      this.#responses.push(bytes);
      this.#readResponses();
    }

    this.#passUnpassed();
    cb();
  }

  /**
   * The server has ended: there is no response to wait for.
   *
   * @param {Function} cb Called when all is passed on
   */
  serverEnds(cb) {
    if (this.#switching !== null) this.#leaveAlone();
    if (this.#relay === null) cb();
    else this.#relay.end(true, cb);
  }

  /**
   * @param {Number} by Who closed the connection, one of `ClosedBy`
   */
  close(by) {
    if (this.#relay !== null) this.#control.close(this.#relay);
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
      // What follows may be HTTP or not; the response tells.
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

    this.#passUnpassed();
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
      // RFC 9110, section 15.2: responses of class 1 precede the final one.
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

    if (this.#control !== undefined) this.#openRelay(head, bytes.length);

    if (this.#relay !== null) {
      this.#relay.push(false, early, () => {});
      this.#relay.push(true, bytes, () => {});
    } else {
      if (early.length > 0) {
        this.#connection.chunk(false, early);
        this.#send(early);
      }

      if (bytes.length > 0) this.#connection.chunk(true, bytes);
    }

    this.#release();
  }

  /** From here on, the client gets what the relay passes on. */
  #openRelay(head, restLength) {
    this.#unpassed = this.#unpassed.subarray(
      0,
      this.#unpassed.length - restLength
    );
    this.#passUnpassed();
    this.#relay = this.#control.open({
      compressions: compressions(head.toString('latin1')),
      connection: this.#connection,
      pass: this.#pass
    });
  }

  #send(bytes) {
    this.#pass(false, bytes);
  }

  #passUnpassed() {
    const bytes = this.#unpassed;

    this.#unpassed = EMPTY;
    if (bytes.length > 0) this.#pass(true, bytes);
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
