'use strict';

const EventEmitter = require('events');
const { Socket } = require('net');
const { Readable } = require('stream');

/** What the source of Node's methods contains, from a handle to `'data'`. */
const SOURCES = {
  emit: [EventEmitter.prototype.emit, 'const handler = events[type];'],
  push: [Readable.prototype.push, 'readableAddChunk'],
  // These three ask whether the socket has a buffer of its own, so it must have
  // none when they run.
  pause: [Socket.prototype.pause, 'this[kBuffer]'],
  read: [Socket.prototype.read, 'this[kBuffer]'],
  resume: [Socket.prototype.resume, 'this[kBuffer]']
};

/** The same of the function that a handle calls with each chunk. */
const ONREAD = [
  'const userBuf = stream[kBuffer];',
  'result = (stream[kBufferCb](nread, userBuf) !== false);',
  'const bufGen = stream[kBufferGen];',
  'result = stream.push(buf);'
];

/** The buffer of a probe socket, to find where a socket keeps it. */
const buffer = Buffer.alloc(1);

/** The number of bytes that Node reports. */
let lengthSaid = 0;

function onBytes(length) {
  lengthSaid = length;
  return true;
}

/** Stands in for a handle, and sees what a socket does with one. */
const handle = {
  close() {},
  onread: null,
  readStart: () => 0,
  readStop: () => 0,
  used: null,
  useUserBuffer(buffer) {
    this.used = buffer;
  }
};
const probe = makeProbe();

function makeProbe() {
  try {
    return new Socket({ handle, onread: { buffer, callback: onBytes } });
  } catch {
    // This is another runtime.
    return {};
  }
}

/**
 * Where a socket keeps its buffer, the function that is called with it, and the
 * one that makes buffers. There is no other way to learn these symbols.
 */
const kBuffer = symbolOf(probe, 'kBuffer');
const kBufferCb = symbolOf(probe, 'kBufferCb');
const kBufferGen = symbolOf(probe, 'kBufferGen');

/** Where a handle keeps its socket. */
const kOwner = symbolOf(handle, 'owner_symbol');

/** What a handle calls with each chunk. */
const nodesOnread = handle.onread;

/** What differs from what is expected; empty if nothing does. */
const difference = findDifference();

function findDifference() {
  if (
    probe[kBuffer] !== buffer ||
    probe[kBufferCb] !== onBytes ||
    probe[kBufferGen] !== null ||
    handle.used !== buffer
  ) {
    return 'a socket keeps its buffer elsewhere';
  }

  if (!isUnbuffered(new Socket())) {
    return 'a socket without a buffer is of another shape';
  }

  if (handle[kOwner] !== probe || typeof nodesOnread !== 'function') {
    return 'a handle calls something else';
  }

  for (const [name, [method, ...lines]] of Object.entries({
    ...SOURCES,
    onread: [nodesOnread, ...ONREAD]
  })) {
    const source = Function.prototype.toString.call(method);

    if (!lines.every((line) => source.includes(line))) {
      return `${name}() is another or wrapped`;
    }
  }

  return '';
}

/**
 * Whether a socket has neither a buffer of its own nor a function that makes
 * one.
 *
 * @param {Socket} socket The socket
 */
function isUnbuffered(socket) {
  return (
    socket[kBuffer] === null &&
    socket[kBufferCb] === null &&
    socket[kBufferGen] === null
  );
}

/** Stands in for a socket where only the number of bytes is asked for. */
const asked = Object.create(probe, {
  _readableState: { value: { endEmitted: true } },
  destroy: { value() {} },
  destroyed: { value: false },
  on: { value() {} },
  push: { value() {} },
  read: { value() {} }
});

/**
 * How many bytes were read when a handle's `onread` is called. Node's own
 * `onread` knows.
 *
 * @return {Number} 0 at the end and where reading failed
 */
function lengthRead() {
  lengthSaid = 0;
  nodesOnread.call({ [kOwner]: asked });
  return lengthSaid;
}

function symbolOf(object, description) {
  return Object.getOwnPropertySymbols(object).find(
    (symbol) => symbol.description === description
  );
}

module.exports = {
  difference,
  isUnbuffered,
  kBuffer,
  kBufferCb,
  kOwner,
  lengthRead,
  nodesOnread
};
