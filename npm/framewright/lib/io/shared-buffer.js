'use strict';

const { Socket } = require('net');

const {
  isUnbuffered,
  kBuffer,
  kBufferCb,
  kOwner,
  lengthRead,
  nodesOnread
} = require('./node-sockets');
const OnreadWatch = require('./onread');

const FastBuffer = Buffer[Symbol.species];

/** As much as Node reads at once, in bytes. */
const LENGTH = 64 * 1024;

/** Up to this many bytes, zeroed memory takes less time to get. */
const ZEROED_LENGTH = 2 * 1024;

/** On `net.Socket`: the buffer, for all copies of framewright in the thread. */
const kShared = Symbol.for('framewright.readBuffer.1');

/** On a socket that reads into it, and on its handle. */
const kReader = Symbol.for('framewright.reader.1');

/**
 * What Node reads into, for all sockets: the bytes are valid until the next
 * read. C++ only knows its address, so it is never freed or handed out.
 */
const shared = sharedBuffer();

function sharedBuffer() {
  if (Socket[kShared] === undefined) {
    Object.defineProperty(Socket, kShared, {
      value: Buffer.allocUnsafeSlow(LENGTH)
    });
  }

  return Socket[kShared];
}

/**
 * Makes Node read into the shared buffer, for as long as the handle lives. The
 * socket has that buffer only while Node asks for it: with a buffer of its own,
 * its `pause()`, `resume()` and `read()` would behave differently.
 *
 * @param {Socket} socket One of Node's
 * @param {{take: Function}} reader Its `take()` is called with the socket and how
 *     many bytes there are, and says whether it took them
 */
function readShared(socket, reader) {
  const handle = socket._handle;

  if (
    typeof handle?.useUserBuffer !== 'function' ||
    handle[kReader] !== undefined ||
    !isUnbuffered(socket)
  ) {
    return;
  }

  const watch = OnreadWatch.of(handle);

  // Somebody has replaced it in between.
  if (watch === null || watch.onread !== nodesOnread) return;

  socket[kReader] = reader;
  socket[kBufferCb] = onBytes;
  handle[kReader] = socket;
  watch.replace((onread) =>
    onread === nodesOnread && handle[kOwner] === socket ? read : adapted(onread)
  );
  handle.useUserBuffer(shared);
}

/** What such a handle calls in place of Node's `onread`. */
function read(arrayBuffer) {
  const socket = this[kReader];

  socket[kBuffer] = shared;

  const result = nodesOnread.call(this, arrayBuffer);

  // At the end, and where reading failed, `onBytes()` wasn't called.
  socket[kBuffer] = null;
  return result;
}

/**
 * What Node's `onread` calls. Once the bytes are taken, reading continues: the
 * stream still waits for what it asked for, so it wouldn't ask again.
 */
function onBytes(length) {
  this[kBuffer] = null;
  return this[kReader].take(this, length) || this.push(copied(length));
}

/** Calls somebody else's `onread` as if Node had read into memory of its own. */
function adapted(onread) {
  return function (arrayBuffer) {
    const length = lengthRead();

    return onread.call(this, length > 0 ? copied(length).buffer : arrayBuffer);
  };
}

/** A copy of what was read. */
function copied(length) {
  const copy = memory(length);

  copy.set(bytesRead(length));
  return copy;
}

/**
 * Memory of its own, which an application may keep or transfer.
 *
 * @param {Number} length Its length in bytes
 * @return {Buffer} Its content is undefined
 */
function memory(length) {
  return length <= ZEROED_LENGTH
    ? new FastBuffer(new ArrayBuffer(length), 0, length)
    : Buffer.allocUnsafeSlow(length);
}

/**
 * What was read, in place: valid until the next read, and never to be handed
 * out.
 *
 * @param {Number} length Its length in bytes
 * @return {Buffer} The bytes
 */
function bytesRead(length) {
  return new FastBuffer(shared.buffer, shared.byteOffset, length);
}

module.exports = { bytesRead, memory, readShared, shared };
