'use strict';

const { Lane } = require('./lane');

/** A connection that messages may be sent on, and held from. */
class Relay {
  #connection;
  #lanes;

  /**
   * @param {Object} options The options
   * @param {(Compression[]|null)} options.compressions As `compressions()`
   * @param {Connection} options.connection The tap's
   * @param {HoldList} options.holds What decides about messages
   * @param {Function} options.pass Called with whether bytes go to the client, and
   *     with them
   */
  constructor({ compressions, connection, holds, pass }) {
    this.#connection = connection;
    this.#lanes = [false, true].map(
      (isOut, index) =>
        new Lane({
          compression: compressions?.[index] ?? null,
          isOut,
          judge: holds.judgeOf(connection, isOut),
          pass: (bytes, mark) => {
            if (mark !== undefined) connection.mark(isOut, mark, bytes.length);
            connection.chunk(isOut, bytes);
            pass(isOut, bytes);
          }
        })
    );
  }

  /** The connection's number on the tap. */
  get id() {
    return this.#connection.id;
  }

  /** The directions that a message can be sent in. */
  get isOpen() {
    return this.#lanes.map((lane) => lane.isOpen);
  }

  /**
   * @param {Boolean} isOut Whether bytes are the server's
   * @param {Buffer} bytes The bytes
   * @param {Function} cb Called when there may be more
   */
  push(isOut, bytes, cb) {
    this.#lane(isOut).push(bytes, cb);
  }

  /**
   * @param {Boolean} isOut Which direction has ended
   * @param {Function} cb Called when all of it is passed on
   */
  end(isOut, cb) {
    this.#lane(isOut).end(cb);
  }

  /**
   * @param {Boolean} isOut Whether a message is for the client
   * @param {Number} opcode 1 for text, 2 for binary
   * @param {Buffer} payload The message
   */
  send(isOut, opcode, payload) {
    this.#lane(isOut).send(opcode, payload);
  }

  close() {
    for (const lane of this.#lanes) lane.close();
  }

  #lane(isOut) {
    return this.#lanes[isOut ? 1 : 0];
  }
}

module.exports = Relay;
