'use strict';

const Refusal = require('../../../tap/refusal');
const HoldList = require('./hold-list');
const { MAX_TEXT_LENGTH, Verdict } = require('./lane');
const Relay = require('./relay');

/** The longest request, in bytes: a message as base64, and a little more. */
const MAX_REQUEST_LENGTH = Math.ceil(MAX_TEXT_LENGTH / 3) * 4 + 64 * 1024;

/** How often listeners are told that the stream is alive, in ms. */
const ALIVE_INTERVAL = 4000;

const TEXT = 1;
const BINARY = 2;

/**
 * What the page may do with the connections of a proxy: send messages, and decide
 * about those that are held.
 */
class Control {
  #holds = new HoldList(() => this.#tell());
  #listeners = new Set();
  #relays = new Map();
  #sent = 0;

  /**
   * Takes up a connection.
   *
   * @param {Object} options As for `Relay`, without `holds`
   * @return {Relay} Passes its bytes on
   */
  open(options) {
    const relay = new Relay({ ...options, holds: this.#holds });

    this.#relays.set(relay.id, relay);
    return relay;
  }

  /**
   * @param {Relay} relay A connection that is closed
   */
  close(relay) {
    this.#relays.delete(relay.id);
    this.#holds.forget(relay);
    relay.close();
    this.#tell();
  }

  /** What was done so far, by kind. */
  get counts() {
    const { change, drop, pass } = this.#holds.counts;

    return { sent: this.#sent, passed: pass, changed: change, dropped: drop };
  }

  /**
   * Answers with a line of JSON for each state, until the client goes.
   *
   * @param {IncomingMessage} req The request
   * @param {ServerResponse} res The response
   */
  listen(req, res) {
    const alive = setInterval(() => res.write('\n'), ALIVE_INTERVAL);

    res.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    res.write(this.#state());
    this.#listeners.add(res);
    res.on('close', () => {
      clearInterval(alive);
      this.#listeners.delete(res);
      // Nobody is left to decide.
      if (this.#listeners.size === 0) this.#holds.setQuery(null);
    });
  }

  /**
   * Does what a request asks for.
   *
   * @param {IncomingMessage} req The request
   * @param {ServerResponse} res The response
   */
  async act(req, res) {
    // Other sites can't send JSON without a preflight request.
    if (req.headers['content-type'] !== 'application/json') {
      throw new Refusal(415, 'It must be JSON');
    }

    await this.#do(await bodyOf(req));
    res.writeHead(204).end();
  }

  async #do(action) {
    switch (action.do) {
      case 'send':
        this.#send(action);
        break;
      case 'hold':
        await this.#hold(action.query);
        break;
      case 'release':
        this.#release(action);
        break;
      default:
        throw new Refusal(400, 'It must be send, hold or release');
    }
  }

  #send({ conn, data, isOut, isText }) {
    const relay = this.#relays.get(conn);

    if (relay === undefined)
      throw new Refusal(409, 'This connection is closed');

    if (!relay.isOpen[isOut ? 1 : 0]) {
      throw new Refusal(409, 'This direction is closed');
    }

    relay.send(isOut === true, isText ? TEXT : BINARY, bytesOf(data, isText));
    this.#sent++;
    this.#tell();
  }

  async #hold(query) {
    if (query !== null && typeof query !== 'string') {
      throw new Refusal(400, 'The query must be a string, or null');
    }

    try {
      await this.#holds.setQuery(query);
    } catch (err) {
      throw new Refusal(400, err.message);
    }
  }

  #release({ data, how, id, isText }) {
    if (!Object.values(Verdict).includes(how)) {
      throw new Refusal(400, 'It must be pass, change or drop');
    }

    const bytes = how === Verdict.CHANGE ? bytesOf(data, isText) : undefined;

    if (!this.#holds.release(id, how, bytes)) {
      throw new Refusal(409, 'This message is no longer held');
    }
  }

  #tell() {
    const state = this.#state();

    for (const res of this.#listeners) res.write(state);
  }

  #state() {
    const { held, query } = this.#holds;

    return `${JSON.stringify({
      counts: this.counts,
      held: held.map(({ data, ...rest }) => ({
        ...rest,
        data: data.toString('base64')
      })),
      query
    })}\n`;
  }
}

/** Text as it is, or bytes as base64. */
function bytesOf(data, isText) {
  if (typeof data !== 'string') throw new Refusal(400, 'There is no data');
  return Buffer.from(data, isText ? 'utf8' : 'base64');
}

async function bodyOf(req) {
  const chunks = [];
  let length = 0;

  for await (const chunk of req) {
    length += chunk.length;
    if (length > MAX_REQUEST_LENGTH) throw new Refusal(413, 'It is too long');
    chunks.push(chunk);
  }

  try {
    return Object(JSON.parse(Buffer.concat(chunks).toString()));
  } catch {
    throw new Refusal(400, 'It is not JSON');
  }
}

module.exports = Control;
