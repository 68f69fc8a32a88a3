// Recorders of what sockets write, put in at each place on the way to the kernel.

import net from 'node:net';
import { Duplex, Writable } from 'node:stream';

/** What a recorder saw: what it keeps, and what that was when it came. */
export class Recording {
  #kept = [];

  keep(chunk, encoding) {
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk, toEncoding(encoding))
        : chunk;
    this.#kept.push({ bytes, asItWas: Buffer.from(bytes) });
  }

  /** All bytes, one after the other. */
  bytes() {
    return Buffer.concat(this.#kept.map(({ asItWas }) => asItWas));
  }

  /** How many of the Buffers have changed since they came. */
  changed() {
    return this.#kept.filter(({ bytes, asItWas }) => !asItWas.equals(bytes))
      .length;
  }
}

function toEncoding(encoding) {
  return typeof encoding === 'string' ? encoding : 'utf8';
}

/**
 * Puts recorders in.
 *
 * @param {(object: object) => Recording | undefined} of Where to keep what is written by an object: a
 *     socket, or its handle
 */
export const PLACES = {
  'Writable.prototype.write': (of) => onWrite(Writable.prototype, of),
  'Duplex.prototype.write': (of) => onWrite(Duplex.prototype, of),
  'net.Socket.prototype.write': (of) => onWrite(net.Socket.prototype, of),
  'net.Socket.prototype._write and _writev': (of) =>
    onStream(net.Socket.prototype, of),
  'net.Socket.prototype._writeGeneric': (of) =>
    onGeneric(net.Socket.prototype, of),
  'the socket’s own write': (of, socket) => onWrite(socket, of),
  'the socket’s own _write and _writev': (of, socket) => onStream(socket, of),
  'the socket’s own _writeGeneric': (of, socket) => onGeneric(socket, of),
  'the handle': (of, { _handle }) => onHandle(_handle, of),
  'the prototype of handles': (of, { _handle }) =>
    onHandle(prototypeWith(_handle, 'writeBuffer'), of)
};

function wrap(object, name, record) {
  const method = object[name];
  object[name] = function (...args) {
    record(this, ...args);
    return method.apply(this, args);
  };
}

function onWrite(object, of) {
  wrap(object, 'write', (socket, chunk, encoding) =>
    of(socket)?.keep(chunk, encoding)
  );
}

function onStream(object, of) {
  wrap(object, '_write', (socket, chunk, encoding) =>
    of(socket)?.keep(chunk, encoding)
  );
  wrap(object, '_writev', (socket, chunks) => {
    for (const { chunk, encoding } of chunks) of(socket)?.keep(chunk, encoding);
  });
}

function onGeneric(object, of) {
  wrap(object, '_writeGeneric', (socket, isMany, data, encoding) => {
    if (!isMany) of(socket)?.keep(data, encoding);
    else for (const part of data) of(socket)?.keep(part.chunk, part.encoding);
  });
}

function onHandle(handle, of) {
  wrap(handle, 'writeBuffer', (self, _req, bytes) => of(self)?.keep(bytes));
  for (const encoding of ['Utf8', 'Latin1', 'Ascii']) {
    wrap(handle, `write${encoding}String`, (self, _req, text) =>
      of(self)?.keep(text, encoding.toLowerCase())
    );
  }
  wrap(handle, 'writev', (self, _req, chunks, areBuffers) => {
    const step = areBuffers ? 1 : 2;
    for (let i = 0; i < chunks.length; i += step) {
      of(self)?.keep(chunks[i], chunks[i + 1]);
    }
  });
}

function prototypeWith(object, name) {
  while (!Object.hasOwn(object, name)) object = Object.getPrototypeOf(object);
  return object;
}
