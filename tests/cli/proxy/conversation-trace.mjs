// A connection's conversation with no sockets, and the ways to cut its bytes.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const Conversation = require('../../../npm/framewright/lib/cli/proxy/conversation.js');

export const STORED =
  'GET /x HTTP/1.1\r\nHost: keep.me\r\nUpgrade: websocket\r\n\r\n';
export const GET = 'GET / HTTP/1.1\r\nhost:  old\r\n\r\n';
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

export const CHUNKED = ['Transfer-Encoding: chunked'];

/** A request with a body, the fields that frame it given. */
export const post = (fields, body, line = 'POST / HTTP/1.1') =>
  [line, 'X: 1', 'Host: old', ...fields, '', body].join('\r\n');
export const length = (body) => [`Content-Length: ${body.length}`];
export const chunked = (...chunks) =>
  chunks
    .map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
    .join('');

/** A request as the server gets it, if its body has no such line. */
export const withHost = (text) => text.replace(/^(host: *)old/gim, '$1new');

/** A conversation that is written down. */
export class Trace {
  /** What the server gets. */
  server = '';
  /** What was opened and refused; an opened one collects what it's told. */
  events = [];
  isWaiting = false;
  #queue = [];

  constructor(host) {
    this.conversation = new Conversation({
      host,
      open: (request, response) => this.#open(request, response),
      refuse: (response, request) =>
        this.events.push([
          'refuse',
          String(response).split('\r\n')[0],
          request
        ]),
      pass: (isOut, bytes) => {
        if (!isOut) this.server += bytes.toString('latin1');
      }
    });
  }

  #open(request, response) {
    this.events.push(['open', request, response, '', '']);
    const event = this.events.at(-1);
    return {
      chunk: (isOut, bytes) =>
        (event[isOut ? 4 : 3] += bytes.toString('latin1')),
      close: (by) => event.push(by)
    };
  }

  /** What the client sends, in pieces; waits as its socket would. */
  client(text, cut) {
    this.#queue = this.#queue.concat(cut(Buffer.from(text, 'latin1')));
    this.#next();
    return this;
  }

  /** What the server sends. */
  answer(text, cut) {
    for (const bytes of cut(Buffer.from(text, 'latin1'))) {
      this.conversation.fromServer(bytes, () => {});
    }
    return this;
  }

  /** Once it needn't wait any longer. */
  goesOn() {
    this.#next();
    return this;
  }

  #next() {
    let sent = 0;
    while (!this.isWaiting && sent < this.#queue.length) {
      this.isWaiting = true;
      this.conversation.fromClient(this.#queue[sent++], () => {
        this.isWaiting = false;
      });
    }
    this.#queue = this.#queue.slice(sent);
  }
}

export const whole = (bytes) => [bytes];
export const byByte = (bytes) =>
  Array.from(bytes, (byte) => Buffer.from([byte]));
const at = (offset) => (bytes) =>
  offset < bytes.length
    ? [bytes.subarray(0, offset), bytes.subarray(offset)]
    : [bytes];

/** Every way to cut a text once, and into single bytes. */
export function cuts(text) {
  return [
    whole,
    byByte,
    ...Array.from({ length: text.length - 1 }, (_, i) => at(i + 1))
  ];
}
