// Writes frames octet by octet as RFC 6455 §5.2 draws them, right ones and wrong ones.

export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

const EMPTY = Buffer.alloc(0);

/** Collects a stream of frames. */
export class FrameWriter {
  #octets = Buffer.alloc(1 << 16);
  #len = 0;
  #ends = [];

  /** Octets so far. */
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
   * @param {Buffer} [frame.maskingKey] Four octets; the payload is masked with them
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
    const octets = this.#octets;
    let at = this.#len;
    octets[at++] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
    const maskBit = maskingKey ? 0x80 : 0;
    if (lenBits === 7) {
      octets[at++] = maskBit | payload.length;
    } else if (lenBits === 16) {
      octets[at++] = maskBit | 126;
      at = octets.writeUInt16BE(Number(declaredLen ?? payload.length), at);
    } else {
      octets[at++] = maskBit | 127;
      at = octets.writeBigUInt64BE(declaredLen ?? BigInt(payload.length), at);
    }
    if (maskingKey) {
      for (let i = 0; i < 4; i++) octets[at++] = maskingKey[i];
      for (let i = 0; i < payload.length; i++) {
        octets[at + i] = payload[i] ^ maskingKey[i & 3];
      }
    } else {
      octets.set(payload, at);
    }
    this.#len = at + payload.length;
    this.#ends.push(this.#len);
    return this;
  }

  /** Adds octets as they are. */
  raw(octets) {
    this.#reserve(octets.length);
    this.#octets.set(octets, this.#len);
    this.#len += octets.length;
    this.#ends.push(this.#len);
    return this;
  }

  /** Returns the stream and where each of its parts ends, and starts anew. */
  take() {
    const octets = Buffer.from(this.#octets.subarray(0, this.#len));
    const ends = this.#ends;
    this.#len = 0;
    this.#ends = [];
    return { octets, ends };
  }

  #reserve(len) {
    if (this.#len + len <= this.#octets.length) return;
    const larger = Buffer.alloc(2 * (this.#len + len));
    larger.set(this.#octets.subarray(0, this.#len));
    this.#octets = larger;
  }
}

/** One frame's octets; takes what `FrameWriter.frame` takes. */
export function frame(options) {
  return new FrameWriter().frame(options).take().octets;
}

/** A close frame's body. */
export function closeBody(code, reason = '') {
  const octets = Buffer.from(reason);
  const body = Buffer.alloc(2 + octets.length);
  body.writeUInt16BE(code);
  body.set(octets, 2);
  return body;
}

function shortestForm(len) {
  if (len < 126) return 7;
  return len < 65536 ? 16 : 64;
}
