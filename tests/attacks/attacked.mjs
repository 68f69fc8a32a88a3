// The other side of target.mjs: a process with servers, and connections to attack them by.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';

import { connectRaw } from '../semantics/support/raw-peer.mjs';

const TARGET = new URL('target.mjs', import.meta.url);

export class Attacked {
  #child;
  #calls = new Map();
  #ids = 0;
  #peers = [];

  /** Starts a process with ws accelerated by the backend. */
  static async start(version, backend) {
    const child = fork(TARGET, [version], {
      execArgv: ['--expose-gc'],
      env: { ...process.env, FRAMEWRIGHT: backend }
    });
    const [{ ports }] = await once(child, 'message');
    return new Attacked(child, ports);
  }

  constructor(child, ports) {
    this.#child = child;
    this.ports = ports;
    child.on('message', ({ call, result }) => {
      this.#calls.get(call).resolve(result);
      this.#calls.delete(call);
    });
    child.on('exit', (code, signal) => {
      for (const { reject } of this.#calls.values()) {
        reject(new Error(`the target died (${code ?? signal})`));
      }
    });
  }

  /** Has the process do something; see target.mjs. */
  call(name, args = {}) {
    return new Promise((resolve, reject) => {
      const call = ++this.#ids;
      this.#calls.set(call, { resolve, reject });
      this.#child.send({ call, name, args });
    });
  }

  /** Opens a connection that speaks in raw bytes. */
  async connect(server = 'plain', headers = {}) {
    const id = `${++this.#ids}`;
    const peer = await connectRaw(this.ports[server], {
      'X-Id': id,
      ...(server !== 'plain' && {
        'Sec-WebSocket-Extensions': 'permessage-deflate'
      }),
      ...headers
    });
    peer.id = id;
    this.#peers.push(peer);
    return peer;
  }

  /** What the server says of a connection when it has ended. */
  closed(peer) {
    return this.call('closed', { id: peer.id });
  }

  /**
   * The connection fails as it should: the peer is told the close code, and the application the error.
   *
   * @param {RawPeer} peer
   * @param {number} closeCode
   * @param {string} error ws's code
   */
  async fails(peer, closeCode, error) {
    await peer.until(() => peer.isClosed || this.#closeCode(peer) !== null);
    assert.equal(this.#closeCode(peer), closeCode);
    peer.socket.destroy();
    const record = await this.closed(peer);
    assert.deepEqual(record.errors, [error]);
  }

  #closeCode(peer) {
    const close = peer.frames().find(([first]) => first === 0x88);
    return close ? close[1].readUInt16BE() : null;
  }

  /** Leaves a connection open when the others are ended. */
  keep(peer) {
    this.#peers = this.#peers.filter((other) => other !== peer);
  }

  /** Ends what is left of a row's connections, and says what they left. */
  async cleanUp() {
    const peers = this.#peers.splice(0);
    for (const { socket } of peers) socket.destroy();
    await Promise.all(peers.map((peer) => this.closed(peer)));
    return this.call('state');
  }

  async stop() {
    this.#child.disconnect();
    await once(this.#child, 'exit');
  }
}
