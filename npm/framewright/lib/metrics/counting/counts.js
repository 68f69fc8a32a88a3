'use strict';

/** What went over one connection, or over several. */
class Counts {
  constructor() {
    this.textIn = 0;
    this.textBytesIn = 0;
    this.binaryIn = 0;
    this.binaryBytesIn = 0;
    this.pingIn = 0;
    this.pongIn = 0;
    this.wireIn = 0;
    this.textOut = 0;
    this.textBytesOut = 0;
    this.binaryOut = 0;
    this.binaryBytesOut = 0;
    this.pingOut = 0;
    this.pongOut = 0;
    this.wireOut = 0;
  }

  /** Begins again. */
  reset() {
    for (const name of NAMES) this[name] = 0;
  }

  /** @param {Counts} other What to add */
  add(other) {
    for (const name of NAMES) this[name] += other[name];
  }

  /** @return {Object} In the form that the application gets */
  report() {
    return { received: this.#traffic('In'), sent: this.#traffic('Out') };
  }

  #traffic(way) {
    return {
      text: {
        messages: this[`text${way}`],
        bytes: this[`textBytes${way}`]
      },
      binary: {
        messages: this[`binary${way}`],
        bytes: this[`binaryBytes${way}`]
      },
      pings: this[`ping${way}`],
      pongs: this[`pong${way}`],
      wireBytes: this[`wire${way}`]
    };
  }

  /**
   * @return {Object} For connections that agreed on compression: the length of
   *     their messages, and the bytes that these took on the wire
   */
  ratios() {
    return { received: this.#ratio('In'), sent: this.#ratio('Out') };
  }

  #ratio(way) {
    return {
      bytes: this[`textBytes${way}`] + this[`binaryBytes${way}`],
      wireBytes: this[`wire${way}`]
    };
  }

  /**
   * @param {String} ending `In`, `Out`, `BytesIn` or `BytesOut`
   * @return {Array[]} Pairs of a type of message or frame, and its count
   */
  byType(ending) {
    return ['text', 'binary', 'ping', 'pong']
      .filter((type) => `${type}${ending}` in this)
      .map((type) => [type, this[`${type}${ending}`]]);
  }
}

const NAMES = Object.keys(new Counts());

/** The length of a message in bytes, of any type. */
function lengthOf(data) {
  if (typeof data === 'string') return Buffer.byteLength(data);
  if (typeof data === 'number') return String(data).length;
  if (data === undefined || data === null) return 0;

  if (Array.isArray(data)) {
    return data.reduce((sum, part) => sum + part.length, 0);
  }

  return data.byteLength ?? data.size ?? Buffer.byteLength(String(data));
}

module.exports = { Counts, lengthOf };
