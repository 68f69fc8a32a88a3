'use strict';

const wasm = require('./wasm/backend.js');

/** Up to so many octets, a loop is faster than a call. */
const SHORT = 64;

/** What stands for no limit. */
const NO_LIMIT = 0xffffffff;

/** The event table's length in octets, and the words before its events. */
const HEAD_WORDS = 36;
const EVENT_WORDS = 4;
const TABLE_WORDS = HEAD_WORDS + 1024 * EVENT_WORDS;

/** What a panic is told as: kind, error number, detail, close code. */
const INTERNAL_ERROR = [15, 0, 0, 1011];

const memory = wasm.wasmMemory();
const tableAddress = wasm.tableAddress();

/**
 * The table as the addon has it: memory that stays where it is, though the
 * module's own memory moves when it grows.
 */
const table = new Uint32Array(TABLE_WORDS);

let octets = new Uint8Array(memory.buffer);
let words = new Uint32Array(memory.buffer, tableAddress, TABLE_WORDS);

/** Puts octets where the module works on them, and returns the address. */
function enter(source) {
  const address = wasm.reserve(source.length);

  if (octets.buffer !== memory.buffer) {
    octets = new Uint8Array(memory.buffer);
    words = new Uint32Array(memory.buffer, tableAddress, TABLE_WORDS);
  }

  if (source.length > SHORT) {
    octets.set(source, address);
  } else {
    for (let i = 0; i < source.length; i++) octets[address + i] = source[i];
  }

  return address;
}

/** Takes octets back. */
function leave(address, length, target, offset) {
  if (length > SHORT) {
    target.set(octets.subarray(address, address + length), offset);
  } else {
    for (let i = 0; i < length; i++) target[offset + i] = octets[address + i];
  }
}

/** The addon's `decode()`. */
function decode(id, chunk, offset = 0) {
  const rest = offset === 0 ? chunk : chunk.subarray(offset);

  try {
    const address = enter(rest);

    const hasCarried = wasm.decode(id, rest.length);
    const end = HEAD_WORDS + words[0] * EVENT_WORDS;

    table[0] = words[0];
    table[1] = words[1];
    for (let i = hasCarried ? 4 : HEAD_WORDS; i < end; i++) table[i] = words[i];
    leave(address, rest.length, rest, 0);
  } catch {
    // A panic: it fails the connection, not the process.
    table.set([1, rest.length]);
    table.set(INTERNAL_ERROR, HEAD_WORDS);
  }
}

/** The addon's `mask()`. */
function mask(source, key, target, offset, length) {
  const address = enter(source.subarray(0, length));

  wasm.mask(
    (key[0] | (key[1] << 8) | (key[2] << 16) | (key[3] << 24)) >>> 0,
    length
  );
  leave(address, length, target, offset);
}

/** The addon's `openDecoder()`. */
function openDecoder(options) {
  return wasm.openDecoder(
    options.isServer,
    options.permessageDeflate,
    options.skipUtf8Validation,
    options.maxPayloadLen ?? NO_LIMIT,
    options.maxFragments ?? NO_LIMIT,
    options.maxBufferedChunks ?? NO_LIMIT
  );
}

/** The addon's `setMaxPayloadLen()`. */
function setMaxPayloadLen(id, maxPayloadLen) {
  wasm.setMaxPayloadLen(id, maxPayloadLen ?? NO_LIMIT);
}

/** The addon's `counters()`. */
function counters() {
  const [chunks, frames, messages, masked, decoders] = wasm.counters();

  return { chunks, frames, messages, masked, decoders };
}

module.exports = {
  closeDecoder: wasm.closeDecoder,
  counters,
  decode,
  isBetweenMessages: wasm.isBetweenMessages,
  mask,
  openDecoder,
  setMaxPayloadLen,
  table: table.buffer
};
