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

  /** @return {Object} As it is told to the application */
  report() {
    return {
      received: {
        text: { messages: this.textIn, bytes: this.textBytesIn },
        binary: { messages: this.binaryIn, bytes: this.binaryBytesIn },
        pings: this.pingIn,
        pongs: this.pongIn,
        wireBytes: this.wireIn
      },
      sent: {
        text: { messages: this.textOut, bytes: this.textBytesOut },
        binary: { messages: this.binaryOut, bytes: this.binaryBytesOut },
        pings: this.pingOut,
        pongs: this.pongOut,
        wireBytes: this.wireOut
      }
    };
  }

  /**
   * @return {Object} Of connections that agreed on compression: what their
   *     messages were long, and what that took on the wire
   */
  ratios() {
    return {
      received: {
        bytes: this.textBytesIn + this.binaryBytesIn,
        wireBytes: this.wireIn
      },
      sent: {
        bytes: this.textBytesOut + this.binaryBytesOut,
        wireBytes: this.wireOut
      }
    };
  }
}

const NAMES = Object.keys(new Counts());

/** How long a message is in bytes, in whichever type. */
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
