'use strict';

const wasm = require('./wasm/backend.js');

/** Up to so many bytes, a loop is faster than a call. */
const SHORT = 64;

/**
 * Text is checked in pieces of so many bytes, since the module's memory never
 * shrinks.
 */
const CHECKED_AT_ONCE = 64 * 1024;

const { layout, errors } = JSON.parse(wasm.contract());
const {
  CARRIED_AT,
  COUNT,
  ENDS_MESSAGE,
  ERROR,
  EVENTS_AT,
  EVENT_WORDS,
  LENGTH,
  OFFSET,
  TABLE_WORDS,
  TAKEN
} = layout;

/** What a panic is told as. */
const INTERNAL = errors.findIndex(({ name }) => name === 'Internal');

const memory = wasm.wasmMemory();
const tableAddress = wasm.tableAddress();

/**
 * The table as the addon has it: memory that stays where it is, though the
 * module's own memory moves when it grows.
 */
const table = new Uint32Array(TABLE_WORDS);

let bytes = new Uint8Array(memory.buffer);
let words = new Uint32Array(memory.buffer, tableAddress, TABLE_WORDS);

/** Puts bytes where the module works on them, and returns the address. */
function enter(source) {
  const address = wasm.reserve(source.length);

  if (bytes.buffer !== memory.buffer) {
    bytes = new Uint8Array(memory.buffer);
    words = new Uint32Array(memory.buffer, tableAddress, TABLE_WORDS);
  }

  if (source.length > SHORT) {
    bytes.set(source, address);
  } else {
    for (let i = 0; i < source.length; i++) bytes[address + i] = source[i];
  }

  return address;
}

/** Takes bytes back. */
function leave(address, length, target, offset) {
  if (length > SHORT) {
    target.set(bytes.subarray(address, address + length), offset);
  } else {
    for (let i = 0; i < length; i++) target[offset + i] = bytes[address + i];
  }
}

/** The addon's `decode()`. */
function decode(id, chunk, offset = 0, source = chunk) {
  const { length } = chunk;
  const rest = offset === 0 ? chunk : chunk.subarray(offset);

  try {
    const address = enter(
      offset === 0 && source.length === length
        ? source
        : source.subarray(offset, length)
    );

    const hasCarried = wasm.decode(id, rest.length);
    const end = EVENTS_AT + words[COUNT] * EVENT_WORDS;

    table[COUNT] = words[COUNT];
    table[TAKEN] = words[TAKEN];
    for (let i = hasCarried ? CARRIED_AT : EVENTS_AT; i < end; i++) {
      table[i] = words[i];
    }

    leave(address, rest.length, rest, 0);
  } catch {
    // A panic: it fails the connection, not the process.
    table[COUNT] = 1;
    table[TAKEN] = rest.length;
    table[EVENTS_AT] = ERROR;
    table[EVENTS_AT + OFFSET] = INTERNAL;
    table[EVENTS_AT + LENGTH] = 0;
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
    options.maxPayloadLen,
    options.maxFragments,
    options.maxBufferedChunks
  );
}

/** The addon's `checkInflated()`. */
function checkInflated(id, text, flags) {
  let at = 0;

  for (;;) {
    const piece = text.subarray(at, at + CHECKED_AT_ONCE);
    const isLast = at + piece.length === text.length;

    enter(piece);

    const outcome = wasm.checkInflated(
      id,
      piece.length,
      isLast ? flags : flags & ~ENDS_MESSAGE
    );

    if (outcome < 0) return outcome;
    if (isLast) return text.length;
    at += piece.length;
  }
}

/** The addon's `counters()`. */
function counters() {
  const [chunks, frames, messages, masked, decoders] = wasm.counters();

  return { chunks, frames, messages, masked, decoders };
}

module.exports = {
  checkInflated,
  closeDecoder: wasm.closeDecoder,
  contract: wasm.contract,
  counters,
  decode,
  frameUnderWay: (id) => Buffer.from(wasm.frameUnderWay(id)),
  isBetweenMessages: wasm.isBetweenMessages,
  mask,
  openDecoder,
  setMaxPayloadLen: wasm.setMaxPayloadLen,
  table: table.buffer
};
