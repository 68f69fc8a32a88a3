'use strict';

const { debuglog } = require('util');

const loadReader = require('../../load-reader');
const records = require('../../../tap/live-records');
const frame = require('./frame');
const { Verdict } = require('./lane');

const debug = debuglog('framewright');

/** What the filter's reader keeps, in bytes: it needs nothing but the newest. */
const KEPT_LENGTH = 16 * 1024 * 1024;

const PASS = { how: Verdict.PASS };

/** The messages that wait for a decision, and which messages will. */
class HoldList {
  #held = new Map();
  #known = new Set();
  #lastId = 0;
  #onChange;
  #query = null;
  #reader = null;

  /** How often each verdict was given. */
  counts = { [Verdict.PASS]: 0, [Verdict.CHANGE]: 0, [Verdict.DROP]: 0 };

  /**
   * @param {Function} onChange Called when something is held, or no longer is
   */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** The query of which messages are held; `null` for none. */
  get query() {
    return this.#query;
  }

  /**
   * @type {Object[]} What is held: `id`, `conn`, `isOut`, `isText`, `data`
   */
  get held() {
    return [...this.#held.values()].map(({ message }) => message);
  }

  /**
   * @param {(String|null)} query Which messages to hold; `''` for all
   * @throws {Error} If it is no query
   */
  async setQuery(query) {
    if (query !== null) {
      const { CaptureReader } = await loadReader();
      const reader = await CaptureReader.open({
        query,
        joined: true,
        keptLen: KEPT_LENGTH
      });

      reader.push(records.PREAMBLE);
      reader.push(records.start(0, ''));
      this.#reader = reader;
    } else {
      this.#reader = null;
    }

    this.#known.clear();
    this.#query = query;
    if (query === null) this.releaseAll();
    this.#onChange();
  }

  /**
   * @param {Connection} connection The tap's
   * @param {Boolean} isOut Which of its directions
   * @return {Function} What becomes of a message
   */
  judgeOf(connection, isOut) {
    const judge = (message) => this.#judge(connection, isOut, message);

    judge.isOn = () => this.#query !== null;
    return judge;
  }

  /**
   * @param {Number} id A held message's
   * @param {String} how One of `Verdict`
   * @param {Buffer} [data] What it is changed to
   * @return {Boolean} Whether there is one
   */
  release(id, how, data) {
    const held = this.#held.get(id);

    if (held === undefined) return false;

    this.#held.delete(id);
    this.counts[how]++;
    held.resolve({ how, data });
    this.#onChange();
    return true;
  }

  /** Passes everything on. */
  releaseAll() {
    for (const id of [...this.#held.keys()]) this.release(id, Verdict.PASS);
  }

  /** @param {Connection} connection One that is closed */
  forget({ id }) {
    for (const { message } of [...this.#held.values()]) {
      if (message.conn === id) this.release(message.id, Verdict.PASS);
    }
  }

  #judge(connection, isOut, { data, isText }) {
    try {
      if (
        this.#reader === null ||
        !this.#matches(connection, isOut, data, isText)
      ) {
        return PASS;
      }
    } catch (err) {
      // If the filter fails, nothing is held, and the connection goes on.
      debug('filter: %O', err);
      return PASS;
    }

    const id = ++this.#lastId;
    const message = { id, conn: connection.id, isOut, isText, data };

    return new Promise((resolve) => {
      this.#held.set(id, { message, resolve });
      this.#onChange();
    });
  }

  /** Shows the message to a reader, as one that came uncompressed. */
  #matches(connection, isOut, data, isText) {
    const reader = this.#reader;
    const { about, id } = connection;

    if (!this.#known.has(id)) {
      this.#known.add(id);
      reader.push(records.open(0, connection, about, {}));
    }

    const bytes = frame({ opcode: isText ? 1 : 2, payload: data }, !isOut);

    for (const piece of records.chunks(0, id, isOut, bytes)) reader.push(piece);
    return [...reader.take(true)].length > 0;
  }
}

module.exports = HoldList;
