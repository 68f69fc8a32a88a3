'use strict';

/**
 * The records of the live stream, as npm/inspector/LIVE.md has them. `dt` is the
 * time since the record before, in ns.
 */

const START = 0x01;
const OPEN = 0x02;
const CHUNK_IN = 0x03;
const CHUNK_OUT = 0x04;
const GAP = 0x05;
const CLOSE = 0x06;
const DROPS = 0x07;
const TICK = 0x08;
const WINDOW = 0x09;
const MARK = 0x0a;
const NAME = 0x0b;

/** Longer chunks are cut, so that a record stays within the format's limit. */
const MAX_PIECE_LENGTH = 512 * 1024;

/** Bits of an open record's flags. */
const MIDSTREAM = 0x01;
const TLS = 0x02;
const TOLD = 0x04;

/** The longest varint of a safe integer, in bytes. */
const MAX_VARINT_LENGTH = 8;

/** "FWLV" and the version. */
const PREAMBLE = Buffer.from([0x46, 0x57, 0x4c, 0x56, 1]);

const CONTENT_TYPE = 'application/x-framewright-live';

/** The most bytes that a chunk's record has before the chunk's own. */
const MAX_CHUNK_HEADER_LENGTH = 1 + 3 * MAX_VARINT_LENGTH;

/** The same, with a gap before it. */
const MAX_CHUNK_OVERHEAD = MAX_CHUNK_HEADER_LENGTH + 3 + 4 * MAX_VARINT_LENGTH;

/** Whose bytes a mark stands on. */
const Marked = { REBUILT: 1, INSERTED: 2, CHANGED: 3 };

/** Who closed a connection. */
const ClosedBy = { UNKNOWN: 0, CLIENT: 1, SERVER: 2, ERROR: 3 };

function start(unixUs, source) {
  return record(START, unixUs, Buffer.from(source));
}

function open(dt, { id }, about, { isMidstream, isTold }) {
  const { isTls, peer, request, response } = about;
  const flags =
    (isMidstream ? MIDSTREAM : 0) | (isTls ? TLS : 0) | (isTold ? TOLD : 0);

  return record(
    OPEN,
    dt,
    id,
    Buffer.from([flags]),
    ...counted(Buffer.from(peer)),
    ...counted(Buffer.from(request, 'latin1')),
    ...counted(Buffer.from(response, 'latin1'))
  );
}

/** The most bytes that the record of `open()` has. */
function openLength({ peer, request, response }) {
  return (
    2 + 6 * MAX_VARINT_LENGTH + peer.length + request.length + response.length
  );
}

function gap(dt, { id }, isOut, lost, resume) {
  return record(GAP, dt, id, Buffer.from([isOut ? 1 : 0]), lost, resume);
}

function close(dt, { id }, by) {
  return record(CLOSE, dt, id, Buffer.from([by]));
}

function drops(dt, { chunks, bytes }) {
  return record(DROPS, dt, chunks, bytes);
}

/** What the application calls a connection. */
function name(dt, { id }, text) {
  return record(NAME, dt, id, Buffer.from(text));
}

function window(dt, { id }, isOut, after, text) {
  return record(WINDOW, dt, id, Buffer.from([isOut ? 1 : 0]), after, text);
}

function mark(dt, { id }, isOut, how, length) {
  return record(MARK, dt, id, Buffer.from([isOut ? 1 : 0, how]), length);
}

function tick(dt) {
  return record(TICK, dt);
}

/**
 * Writes what comes before the bytes of a chunk, allocating nothing.
 *
 * @param {Buffer} target What it is written to
 * @param {Number} at Where; `MAX_CHUNK_HEADER_LENGTH` bytes are enough
 * @param {Boolean} isOut Whether the chunk goes from the server to the client
 * @param {Number} dt Time since the record before, in ns
 * @param {Number} id The connection's
 * @param {Number} length How many bytes the chunk has
 * @return {Number} The offset after it
 */
function writeChunkHeader(target, at, isOut, dt, id, length) {
  const bodyLength = varintLength(dt) + varintLength(id) + length;

  target[at] = isOut ? CHUNK_OUT : CHUNK_IN;

  return writeVarint(
    target,
    writeVarint(target, writeVarint(target, at + 1, bodyLength), dt),
    id
  );
}

/**
 * @param {Number} dt Time since the record before, in ns
 * @param {Number} id The connection's
 * @param {Boolean} isOut Whether they go from the server to the client
 * @param {Buffer} bytes Bytes, of any length
 * @return {Buffer[]} Records that hold them
 */
function chunks(dt, id, isOut, bytes) {
  const type = isOut ? CHUNK_OUT : CHUNK_IN;
  const all = [];

  for (let at = 0; at < bytes.length; at += MAX_PIECE_LENGTH) {
    all.push(record(type, dt, id, bytes.subarray(at, at + MAX_PIECE_LENGTH)));
  }

  return all;
}

/** Joins fields to a record; numbers become varints. */
function record(type, ...fields) {
  const body = Buffer.concat(
    fields.map((field) => (typeof field === 'number' ? varint(field) : field))
  );

  return Buffer.concat([Buffer.from([type]), varint(body.length), body]);
}

function counted(bytes) {
  return [varint(bytes.length), bytes];
}

function varint(value) {
  const bytes = Buffer.alloc(varintLength(value));

  writeVarint(bytes, 0, value);
  return bytes;
}

/** How many bytes the LEB128 of a safe integer has, which isn't negative. */
function varintLength(value) {
  let length = 1;

  for (; value >= 0x80; length++) value = shifted(value);
  return length;
}

/** Writes a varint at an offset and returns the offset after it. */
function writeVarint(target, at, value) {
  for (; value >= 0x80; value = shifted(value)) {
    target[at++] = (value & 0x7f) | 0x80;
  }

  target[at] = value;
  return at + 1;
}

/** The value seven bits to the right, also beyond 32 bits. */
function shifted(value) {
  return value <= 0x7fffffff ? value >> 7 : Math.floor(value / 0x80);
}

module.exports = {
  CONTENT_TYPE,
  ClosedBy,
  MIDSTREAM,
  MAX_CHUNK_HEADER_LENGTH,
  MAX_CHUNK_OVERHEAD,
  MAX_PIECE_LENGTH,
  Marked,
  PREAMBLE,
  TLS,
  chunks,
  close,
  drops,
  gap,
  mark,
  name,
  open,
  openLength,
  start,
  tick,
  window,
  writeChunkHeader
};
