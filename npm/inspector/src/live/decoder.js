/** Reads the live stream (LIVE.md), however it is cut into chunks. */

const PREAMBLE = [0x46, 0x57, 0x4c, 0x56];
const VERSION = 1;
const MAX_RECORD_LEN = 1024 * 1024;
/** Type and the longest varint. */
const MAX_RECORD_HEADER_LEN = 9;

export const RecordType = Object.freeze({
  START: 0x01,
  OPEN: 0x02,
  CHUNK_IN: 0x03,
  CHUNK_OUT: 0x04,
  GAP: 0x05,
  CLOSE: 0x06,
  DROPS: 0x07,
  TICK: 0x08,
  WINDOW: 0x09,
  MARK: 0x0a,
  NAME: 0x0b
});

const utf8 = new TextDecoder();

/** The stream isn't what LIVE.md says; nothing after this can be read. */
export class LiveStreamError extends Error {
  name = 'LiveStreamError';
}

/** One record's body, read field by field. */
class Body {
  #bytes;
  #offset = 0;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  u8() {
    if (this.#offset >= this.#bytes.length)
      throw new LiveStreamError('a record ends inside a field');
    return this.#bytes[this.#offset++];
  }

  varint() {
    let value = 0;
    let scale = 1;
    for (let n = 0; n < 8; n++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (Number.isSafeInteger(value)) return value;
        break;
      }
      scale *= 128;
    }
    throw new LiveStreamError('a varint is above 2^53 - 1');
  }

  bytes() {
    const len = this.varint();
    if (len > this.#bytes.length - this.#offset)
      throw new LiveStreamError('a record ends inside a field');
    this.#offset += len;
    return this.#bytes.subarray(this.#offset - len, this.#offset);
  }

  rest() {
    return this.#bytes.subarray(this.#offset);
  }
}

export class LiveDecoder {
  #pending = new Uint8Array(0);
  #isStarted = false;
  #time = 0;

  /** Whether `bytes` could be the beginning of a live stream. */
  static matches(bytes) {
    return PREAMBLE.every((byte, index) => bytes[index] === byte);
  }

  /** Bytes of a record that isn't whole yet. */
  get pendingLen() {
    return this.#pending.length;
  }

  /**
   * Takes the next bytes and yields every record that is whole, with `time`
   * in ns since the start. Chunk bytes are views of the input.
   *
   * @throws {LiveStreamError}
   */
  *push(bytes) {
    let rest = this.#join(bytes);
    if (!this.#isStarted) {
      if (rest.length < PREAMBLE.length + 1) return void (this.#pending = rest);
      if (!LiveDecoder.matches(rest))
        throw new LiveStreamError('not a live stream: the preamble is missing');
      if (rest[PREAMBLE.length] !== VERSION)
        throw new LiveStreamError(
          `live stream version ${rest[PREAMBLE.length]}; this page reads ${VERSION}`
        );
      this.#isStarted = true;
      rest = rest.subarray(PREAMBLE.length + 1);
    }
    for (;;) {
      const header = this.#header(rest);
      if (!header || rest.length < header.end) break;
      const body = new Body(rest.subarray(header.start, header.end));
      rest = rest.subarray(header.end);
      const record = this.#record(header.type, body);
      if (record) yield record;
    }
    this.#pending = rest.slice();
  }

  #join(bytes) {
    if (this.#pending.length === 0) return bytes;
    const joined = new Uint8Array(this.#pending.length + bytes.length);
    joined.set(this.#pending);
    joined.set(bytes, this.#pending.length);
    return joined;
  }

  /** Where the next record's body is, or nothing while its length isn't in. */
  #header(bytes) {
    let len = 0;
    let scale = 1;
    const end = Math.min(bytes.length, MAX_RECORD_HEADER_LEN);
    for (let index = 1; index < end; index++) {
      len += (bytes[index] & 0x7f) * scale;
      if (len > MAX_RECORD_LEN)
        throw new LiveStreamError(`a record of ${len} bytes or more`);
      if (bytes[index] < 0x80)
        return { type: bytes[0], start: index + 1, end: index + 1 + len };
      scale *= 128;
    }
    if (end === MAX_RECORD_HEADER_LEN)
      throw new LiveStreamError('a record length without an end');
    return null;
  }

  #record(type, body) {
    if (type === RecordType.START) {
      const unixUs = body.varint();
      return { type, time: 0, unixUs, source: utf8.decode(body.rest()) };
    }
    this.#time += body.varint();
    const time = this.#time;
    switch (type) {
      case RecordType.OPEN: {
        const conn = body.varint();
        const flags = body.u8();
        return {
          type,
          time,
          conn,
          isMidstream: (flags & 1) !== 0,
          isTls: (flags & 2) !== 0,
          isTold: (flags & 4) !== 0,
          peer: utf8.decode(body.bytes()),
          request: body.bytes(),
          response: body.bytes()
        };
      }
      case RecordType.CHUNK_IN:
      case RecordType.CHUNK_OUT:
        return { type, time, conn: body.varint(), bytes: body.rest() };
      case RecordType.GAP: {
        const conn = body.varint();
        const isOut = body.u8() === 1;
        const lost = body.varint();
        const resume = body.varint();
        return {
          type,
          time,
          conn,
          isOut,
          lost,
          resumeOffset: resume === 0 ? null : resume - 1
        };
      }
      case RecordType.WINDOW: {
        const conn = body.varint();
        const isOut = body.u8() === 1;
        const after = body.varint();
        return { type, time, conn, isOut, after, text: body.rest() };
      }
      case RecordType.MARK: {
        const conn = body.varint();
        const isOut = body.u8() === 1;
        const how = body.u8();
        return { type, time, conn, isOut, how, len: body.varint() };
      }
      case RecordType.CLOSE:
        return { type, time, conn: body.varint(), by: body.u8() };
      case RecordType.NAME:
        return {
          type,
          time,
          conn: body.varint(),
          name: utf8.decode(body.rest())
        };
      case RecordType.DROPS:
        return { type, time, chunks: body.varint(), bytes: body.varint() };
      default:
        return null;
    }
  }
}
