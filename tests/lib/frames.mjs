// Writes frames byte by byte as RFC 6455 §5.2 draws them, right ones and wrong ones.

export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

const EMPTY = Buffer.alloc(0);

/** Collects a stream of frames. */
export class FrameWriter {
  #bytes = Buffer.alloc(1 << 16);
  #len = 0;
  #ends = [];

  /** Bytes so far. */
  get len() {
    return this.#len;
  }

  /**
   * Adds a frame.
   *
   * @param {object} frame
   * @param {boolean} [frame.fin=true]
   * @param {number} [frame.rsv=0] The bits RSV1 (4), RSV2 (2) and RSV3 (1)
   * @param {number} frame.opcode
   * @param {Buffer} [frame.payload]
   * @param {Buffer} [frame.maskingKey] Four bytes; the payload is masked with them
   * @param {7 | 16 | 64} [frame.lenBits] The length's form; the shortest if left out
   * @param {bigint} [frame.declaredLen] A payload length that isn't the payload's own
   */
  frame({
    fin = true,
    rsv = 0,
    opcode,
    payload = EMPTY,
    maskingKey,
    lenBits = shortestForm(payload.length),
    declaredLen
  }) {
    this.#reserve(14 + payload.length);
    const bytes = this.#bytes;
    let at = this.#len;
    bytes[at++] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
    const maskBit = maskingKey ? 0x80 : 0;
    if (lenBits === 7) {
      bytes[at++] = maskBit | payload.length;
    } else if (lenBits === 16) {
      bytes[at++] = maskBit | 126;
      at = bytes.writeUInt16BE(Number(declaredLen ?? payload.length), at);
    } else {
      bytes[at++] = maskBit | 127;
      at = bytes.writeBigUInt64BE(declaredLen ?? BigInt(payload.length), at);
    }
    if (maskingKey) {
      for (let i = 0; i < 4; i++) bytes[at++] = maskingKey[i];
      for (let i = 0; i < payload.length; i++) {
        bytes[at + i] = payload[i] ^ maskingKey[i & 3];
      }
    } else {
      bytes.set(payload, at);
    }
    this.#len = at + payload.length;
    this.#ends.push(this.#len);
    return this;
  }

  /** Adds bytes as they are. */
  raw(bytes) {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#len);
    this.#len += bytes.length;
    this.#ends.push(this.#len);
    return this;
  }

  /** Returns the stream and where each of its parts ends, and starts again. */
  take() {
    const bytes = Buffer.from(this.#bytes.subarray(0, this.#len));
    const ends = this.#ends;
    this.#len = 0;
    this.#ends = [];
    return { bytes, ends };
  }

  #reserve(len) {
    if (this.#len + len <= this.#bytes.length) return;
    const larger = Buffer.alloc(2 * (this.#len + len));
    larger.set(this.#bytes.subarray(0, this.#len));
    this.#bytes = larger;
  }
}

/** One frame's bytes; takes what `FrameWriter.frame` takes. */
export function frame(options) {
  return new FrameWriter().frame(options).take().bytes;
}

/** A close frame's body. */
export function closeBody(code, reason = '') {
  const bytes = Buffer.from(reason);
  const body = Buffer.alloc(2 + bytes.length);
  body.writeUInt16BE(code);
  body.set(bytes, 2);
  return body;
}

function shortestForm(len) {
  if (len < 126) return 7;
  return len < 65536 ? 16 : 64;
}
