import { Typed } from '../value-tree.js';

/** How deep messages are guessed inside messages. */
const MAX_DEPTH = 12;
const MAX_FIELDS = 100_000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The wire form of a protobuf message without its schema: field numbers and
 * wire types are sure, what bytes mean is a guess.
 */
export function decodeProtobuf(bytes) {
  if (bytes.length === 0) throw new Error('no bytes');
  const budget = { fields: MAX_FIELDS };
  return message(bytes, 0, budget);
}

/** A value of a field that nothing is known of. */
export function wireValue(reader, wireType) {
  return value(reader, wireType, 0, { fields: MAX_FIELDS });
}

function message(bytes, depth, budget) {
  const reader = new WireReader(bytes);
  const fields = [];
  while (!reader.isAtEnd) {
    if (budget.fields-- === 0) throw new Error('too many fields');
    const start = reader.offset;
    const tag = reader.varint();
    const number = Number(tag >> 3n);
    if (number === 0 || number > 0x1fffffff)
      throw new Error(`field number ${number} at byte ${start}`);
    fields.push([
      `field ${number}`,
      value(reader, Number(tag & 7n), depth, budget)
    ]);
  }
  return new Typed('message', fieldMap(fields));
}

/** A repeated field keeps all of its values. */
function fieldMap(fields) {
  const map = {};
  const seen = new Map();
  for (const [name, item] of fields) {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    map[times === 1 ? name : `${name} (${times})`] = item;
  }
  return map;
}

function value(reader, wireType, depth, budget) {
  switch (wireType) {
    case 0: {
      const number = reader.varint();
      const zigzag = (number >> 1n) ^ -(number & 1n);
      const signed = BigInt.asIntN(64, number);
      const notes = [`zigzag ${zigzag}`];
      if (signed < 0n) notes.push(`signed ${signed}`);
      return new Typed('varint', number, notes.join(', '));
    }
    case 1: {
      const view = reader.take(8);
      return new Typed(
        'fixed64',
        view.getBigUint64(0, true),
        `double ${view.getFloat64(0, true)}`
      );
    }
    case 2:
      return guess(reader.bytes(), depth, budget);
    case 5: {
      const view = reader.take(4);
      return new Typed(
        'fixed32',
        view.getUint32(0, true),
        `float ${view.getFloat32(0, true)}`
      );
    }
    default:
      throw new Error(`wire type ${wireType} before byte ${reader.offset}`);
  }
}

/** Text if it reads as such, else a message if it parses, else bytes. */
function guess(bytes, depth, budget) {
  const text = printable(bytes);
  if (text !== null) return new Typed('text?', text);
  if (depth < MAX_DEPTH && bytes.length > 0) {
    try {
      return message(bytes, depth + 1, budget);
    } catch {
      // Not a message: shown as it is.
    }
  }
  return new Typed('bytes', bytes);
}

function printable(bytes) {
  try {
    const text = utf8.decode(bytes);
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    return /[\u0000-\u0008\u000e-\u001f\u007f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** Reads the wire form of protobuf. */
export class WireReader {
  #bytes;
  offset = 0;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  get isAtEnd() {
    return this.offset >= this.#bytes.length;
  }

  varint() {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.isAtEnd) throw new Error('the bytes end inside a varint');
      const byte = this.#bytes[this.offset++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Error(`a varint over ten bytes at byte ${this.offset - 10}`);
  }

  bytes() {
    const len = Number(this.varint());
    if (len > this.#bytes.length - this.offset)
      throw new Error(`${len} bytes declared at byte ${this.offset}`);
    this.offset += len;
    return this.#bytes.subarray(this.offset - len, this.offset);
  }

  take(len) {
    if (len > this.#bytes.length - this.offset)
      throw new Error(`the bytes end inside ${len} bytes`);
    const { buffer, byteOffset } = this.#bytes;
    this.offset += len;
    return new DataView(buffer, byteOffset + this.offset - len, len);
  }
}
