// A decoder that reads a whole stream byte by byte, as plainly as it can be written. It is the judge where
// two fast decoders differ, so it shares nothing with either.

import zlib from 'node:zlib';

const TRAILER = Buffer.from([0x00, 0x00, 0xff, 0xff]);
const WINDOW_LEN = 32768;

/**
 * @typedef {object} Decoded
 * @property {object[]} events `{ type, payload }`, `{ type: 'close', code, reason }`
 * @property {string | null} error A name as in the codec's `ProtocolError`
 * @property {number | null} errorEnd Bytes of the stream up to the one that settled the error
 */

/**
 * @param {Buffer} bytes
 * @param {object} config
 * @param {boolean} config.isServer
 * @param {object | null} [config.deflate] Negotiated parameters of permessage-deflate
 * @param {number} [config.maxPayload] 0 for no limit
 * @param {number} [config.maxFragments] 0 for no limit
 * @param {boolean} [config.skipUTF8Validation]
 * @returns {Decoded}
 */
export function decodeNaively(bytes, config) {
  const decoder = new NaiveDecoder(bytes, config);
  try {
    while (!decoder.closed) decoder.frame();
  } catch (stop) {
    if (stop instanceof Violation) {
      return {
        events: decoder.events,
        error: stop.message,
        errorEnd: decoder.at
      };
    }
    if (stop !== NEED_MORE) throw stop;
  }
  return { events: decoder.events, error: null, errorEnd: null };
}

const NEED_MORE = Symbol('need more');

class Violation extends Error {}

class NaiveDecoder {
  at = 0;
  events = [];
  closed = false;
  message = null;
  history = Buffer.alloc(0);

  constructor(bytes, config) {
    this.bytes = bytes;
    this.config = config;
  }

  byte() {
    if (this.at === this.bytes.length) throw NEED_MORE;
    return this.bytes[this.at++];
  }

  frame() {
    const { isServer, deflate } = this.config;
    const first = this.byte();
    const second = this.byte();
    const fin = first >= 0x80;
    const rsv1 = (first & 0x40) !== 0;
    const opcode = first & 0x0f;
    const masked = second >= 0x80;
    let len = second & 0x7f;

    check((first & 0x30) === 0, 'UnexpectedRsv23');
    check(!rsv1 || deflate, 'UnexpectedRsv1');
    if (opcode === 0) {
      check(!rsv1, 'UnexpectedRsv1');
      check(this.message, 'InvalidOpcode(0)');
    } else if (opcode === 1 || opcode === 2) {
      check(!this.message, `InvalidOpcode(${opcode})`);
    } else if (opcode >= 8 && opcode <= 10) {
      check(fin, 'ExpectedFin');
      check(!rsv1, 'UnexpectedRsv1');
      const badLen = len > 125 || (opcode === 8 && len === 1);
      check(!badLen, `InvalidControlPayloadLen(${len})`);
    } else {
      check(false, `InvalidOpcode(${opcode})`);
    }
    if (isServer) check(masked, 'ExpectedMask');
    else check(!masked, 'UnexpectedMask');

    if (len === 126) len = this.number(2);
    else if (len === 127) len = this.number(8);
    check(len < 2 ** 53, 'UnsupportedPayloadLen');
    const key = () =>
      masked ? [0, 0, 0, 0].map(() => this.byte()) : [0, 0, 0, 0];

    if (opcode >= 8) this.control(opcode, len, key);
    else this.data(opcode, fin, rsv1, len, key);
  }

  number(count) {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 256 + this.byte();
    return value;
  }

  control(opcode, len, key) {
    const mask = key();
    const payload = Buffer.alloc(len);
    for (let i = 0; i < len; i++) payload[i] = this.byte() ^ mask[i % 4];
    if (opcode === 9) this.events.push({ type: 'ping', payload });
    else if (opcode === 10) this.events.push({ type: 'pong', payload });
    else this.close(payload);
  }

  close(payload) {
    let code = 1005;
    if (payload.length > 0) {
      code = payload.readUInt16BE();
      const known =
        code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006);
      const named = code >= 3000 && code <= 4999;
      check(known || named, `InvalidCloseCode(${code})`);
    }
    const reason = payload.subarray(2);
    if (!this.config.skipUTF8Validation) {
      const text = new TextChecker();
      for (const byte of reason) text.push(byte);
      text.end();
    }
    this.events.push({ type: 'close', code, reason });
    this.closed = true;
  }

  data(opcode, fin, rsv1, len, key) {
    this.message ??= {
      type: opcode === 1 ? 'text' : 'binary',
      compressed: rsv1,
      declaredLen: 0,
      fragments: 0,
      bytes: [],
      text: new TextChecker()
    };
    const { message } = this;
    const { maxPayload, maxFragments, skipUTF8Validation } = this.config;
    message.declaredLen += len;
    check(
      !(maxPayload > 0 && len > 0 && message.declaredLen > maxPayload),
      'MessageTooBig'
    );
    const mask = key();
    const checked =
      message.type === 'text' && !message.compressed && !skipUTF8Validation;
    for (let i = 0; i < len; i++) {
      const byte = this.byte() ^ mask[i % 4];
      message.bytes.push(byte);
      if (checked) message.text.push(byte);
    }
    message.fragments++;
    check(
      !(maxFragments > 0 && message.fragments > maxFragments),
      'TooManyFragments'
    );
    if (message.compressed) this.inflate(Buffer.from(message.bytes));
    if (!fin) return;
    if (checked) message.text.end();
    this.message = null;
    let payload = Buffer.from(message.bytes);
    if (message.compressed) payload = this.inflateWhole(payload, message.type);
    this.events.push({ type: message.type, payload });
  }

  /** Inflates the bytes of a message, or the first of them. */
  inflate(compressed) {
    const { maxPayload } = this.config;
    const isTooBig = (text) => maxPayload > 0 && text?.length > maxPayload;
    const text = this.tryToInflate(compressed);
    check(!isTooBig(text), 'MessageTooBig');
    if (text) return text;
    // Broken; but it may be too long before that.
    let len = compressed.length;
    let sound;
    while (!sound) sound = this.tryToInflate(compressed.subarray(0, --len));
    check(!isTooBig(sound), 'MessageTooBig');
    throw new Violation('inflate failed');
  }

  tryToInflate(compressed) {
    try {
      return zlib.inflateRawSync(compressed, {
        finishFlush: zlib.constants.Z_SYNC_FLUSH,
        ...(this.history.length > 0 && { dictionary: this.history })
      });
    } catch {
      return undefined;
    }
  }

  inflateWhole(compressed, type) {
    const { isServer, deflate, skipUTF8Validation } = this.config;
    const payload = this.inflate(Buffer.concat([compressed, TRAILER]));
    const sender = isServer ? 'client' : 'server';
    this.history = deflate[`${sender}_no_context_takeover`]
      ? Buffer.alloc(0)
      : Buffer.concat([this.history, payload]).subarray(-WINDOW_LEN);
    if (type === 'text' && !skipUTF8Validation) {
      const text = new TextChecker();
      for (const byte of payload) text.push(byte);
      text.end();
    }
    return payload;
  }
}

/** Checks UTF-8 by the table of RFC 3629 §4, and has the platform's decoder confirm a failure. */
class TextChecker {
  seen = [];
  /** The ranges that the next bytes must be in. */
  due = [];

  push(byte) {
    this.seen.push(byte);
    if (this.due.length > 0) {
      const [min, max] = this.due.shift();
      if (byte < min || byte > max) this.fail();
      return;
    }
    const tail = [0x80, 0xbf];
    if (byte <= 0x7f) this.due = [];
    else if (byte >= 0xc2 && byte <= 0xdf) this.due = [tail];
    else if (byte === 0xe0) this.due = [[0xa0, 0xbf], tail];
    else if (byte === 0xed) this.due = [[0x80, 0x9f], tail];
    else if (byte >= 0xe1 && byte <= 0xef) this.due = [tail, tail];
    else if (byte === 0xf0) this.due = [[0x90, 0xbf], tail, tail];
    else if (byte >= 0xf1 && byte <= 0xf3) this.due = [tail, tail, tail];
    else if (byte === 0xf4) this.due = [[0x80, 0x8f], tail, tail];
    else this.fail();
  }

  end() {
    if (this.due.length > 0) throw new Violation('InvalidUtf8');
  }

  fail() {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    let valid = true;
    try {
      decoder.decode(Uint8Array.from(this.seen), { stream: true });
    } catch {
      valid = false;
    }
    if (valid) throw new Error('the two naive UTF-8 checks disagree');
    throw new Violation('InvalidUtf8');
  }
}

function check(condition, error) {
  if (!condition) throw new Violation(error);
}
