// A watcher of the live stream, and a client that sees its own bytes.

import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { once } from 'node:events';

import {
  LiveDecoder,
  RecordType
} from '../../../npm/inspector/src/live/decoder.js';

export const HOST = '127.0.0.1';

/** For tests that aren't about who may watch. */
export const TOKEN = 'watching-in-a-test';

/** Asks a server something; resolves to the response with all of its body. */
export async function request(url, { headers, method = 'GET' } = {}) {
  const response = await respond(url, { headers, method });
  const chunks = await response.toArray();
  return { ...pick(response), body: Buffer.concat(chunks).toString() };
}

function respond(url, { headers, method, agent = false }) {
  const { request } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    request(url, {
      agent,
      headers,
      method,
      rejectUnauthorized: false
    })
      .on('response', resolve)
      .on('error', reject)
      .end();
  });
}

function pick({ headers, statusCode }) {
  return { headers, status: statusCode };
}

/** The cookie that the page's address gives out; its token is `TOKEN` unless it says another. */
export async function cookieOf(address) {
  const url = new URL(address);
  if (url.search === '') url.searchParams.set('token', TOKEN);
  const { headers } = await request(url.href);
  return headers['set-cookie'][0].split(';', 1)[0];
}

/** Reads a tap's live stream and sorts it by connection. */
export class Watch {
  /** Every record, in order. */
  records = [];
  #decoder = new LiveDecoder();
  #response;
  #waiting = [];

  /**
   * @param {string} address As in `cookieOf()`
   * @param {object} [headers] Instead of the page's cookie
   */
  static async open(address, headers) {
    headers ??= { cookie: await cookieOf(address) };
    const { href } = new URL('stream', address);
    const response = await respond(href, { headers });
    if (response.statusCode !== 200) {
      throw new Error(`the stream answered ${response.statusCode}`);
    }
    return new Watch(response);
  }

  constructor(response) {
    this.#response = response;
    response.on('data', (bytes) => {
      this.records.push(...this.#decoder.push(bytes));
      this.#check();
    });
    response.on('error', () => {});
    response.on('close', () => {
      this.isEnded = true;
      this.#check();
    });
  }

  isEnded = false;

  /** Stops and goes on reading. */
  pause() {
    this.#response.pause();
  }
  resume() {
    this.#response.resume();
  }

  close() {
    this.#response.destroy();
  }

  /** Resolves once `condition` holds. */
  async until(condition) {
    if (condition(this)) return;
    await new Promise((resolve) => this.#waiting.push({ condition, resolve }));
  }

  #check() {
    this.#waiting = this.#waiting.filter(({ condition, resolve }) => {
      if (!condition(this)) return true;
      resolve();
      return false;
    });
  }

  /** The records of one type. */
  all(type) {
    return this.records.filter((record) => record.type === type);
  }

  /** The open record of the connection that asked for `path`. */
  opened(path) {
    return this.all(RecordType.OPEN).find(({ request }) =>
      Buffer.from(request).toString().startsWith(`GET ${path} `)
    );
  }

  /** The bytes of one direction of a connection. */
  bytes(conn, isOut) {
    return Buffer.concat(
      this.all(isOut ? RecordType.CHUNK_OUT : RecordType.CHUNK_IN)
        .filter((record) => record.conn === conn)
        .map(({ bytes }) => bytes)
    );
  }

  closed(conn) {
    return this.all(RecordType.CLOSE).find((record) => record.conn === conn);
  }
}

const HEADERS = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13'
};

/** A WebSocket client that is nothing but a socket. */
export class RawClient {
  #chunks = [];
  #waiting = [];

  /** How many bytes came, after the response's head. */
  receivedLen = 0;

  /** Connects and shakes hands; `early` goes in one piece with the request. */
  static async open(port, path = '/', options = {}) {
    const { early = '', headers, secure = false } = options;
    const target = { host: HOST, port, rejectUnauthorized: false };
    const socket = secure ? tls.connect(target) : net.connect(target);
    await once(socket, secure ? 'secureConnect' : 'connect');
    const fields = { Host: `${HOST}:${port}`, ...HEADERS, ...headers };
    const lines = Object.entries(fields).map(
      ([name, value]) => `${name}: ${value}`
    );
    const request = [`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n');
    socket.write(Buffer.concat([Buffer.from(request), Buffer.from(early)]));
    return new RawClient(socket, request).#head();
  }

  constructor(socket, request) {
    this.socket = socket;
    this.port = socket.localPort;
    this.request = request;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      this.#chunks.push(bytes);
      this.receivedLen += bytes.length;
      this.#check();
    });
    socket.on('close', () => {
      this.isClosed = true;
      this.#check();
    });
  }

  async #head() {
    await this.#until(() => this.received.includes('\r\n\r\n'));
    const { received } = this;
    const end = received.indexOf('\r\n\r\n') + 4;
    this.response = received.subarray(0, end).toString();
    this.#chunks = [received.subarray(end)];
    this.receivedLen -= end;
    return this;
  }

  /** What came, after the response's head. */
  get received() {
    return Buffer.concat(this.#chunks);
  }

  write(bytes) {
    this.socket.write(bytes);
  }

  /** Resolves once so many bytes have come after the head. */
  receives(len) {
    return this.#until(() => this.receivedLen >= len);
  }

  closes() {
    return this.#until(() => this.isClosed);
  }

  async #until(condition) {
    if (condition()) return;
    await new Promise((resolve) => this.#waiting.push({ condition, resolve }));
  }

  #check() {
    this.#waiting = this.#waiting.filter(({ condition, resolve }) => {
      if (!condition()) return true;
      resolve();
      return false;
    });
  }
}

/** Makes a server listen for one test. */
export async function listen(t, server) {
  const sockets = new Set();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  if (!server.listening) {
    server.listen(0, HOST);
    await once(server, 'listening');
  }
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return server.address().port;
}
