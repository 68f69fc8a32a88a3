// Connections by the dozen, most of which meet a bad end.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';

import { Random } from '../lib/random.mjs';
import { loadCopy } from '../lib/ws-copies.mjs';

import { Conversation } from './conversation.mjs';
import { startProxy } from './fault-proxy.mjs';

const SERVER = new URL('echo-server.mjs', import.meta.url);
const ENDS = [undefined, 'reset', 'half-close', 'drop'];

/** An echo server in a process of its own, behind proxies with and without faults that lose something. */
export class Churn {
  figures = { messages: 0, bytes: 0, connections: 0, losses: 0, faults: {} };
  copy = loadCopy('8.23');

  static async start({ version = '8.23', backend, seed = 1, execArgv = [] }) {
    const child = fork(SERVER, [version], {
      execArgv: ['--expose-gc', ...execArgv],
      env: { ...process.env, ...(backend && { FRAMEWRIGHT: backend }) }
    });
    const [{ port }] = await once(child, 'message');
    const churn = new Churn(child, new Random(seed));
    const { random } = churn;
    churn.port = port;
    churn.lossless = await startProxy(port, () => churn.#slow(), random);
    churn.lossy = await startProxy(port, () => churn.#deadly(), random);
    return churn;
  }

  constructor(child, random) {
    this.child = child;
    this.random = random;
    child.on('exit', (code, signal) => {
      if (this.child) throw new Error(`the server died (${code ?? signal})`);
    });
  }

  /** What the server says of itself. */
  async state() {
    this.child.send('state');
    const [state] = await once(this.child, 'message');
    return state;
  }

  /** One short connection, which may meet a bad end at any byte; what came before that must be right. */
  async connectOnce() {
    const talk = new Conversation(this.copy, this.lossy.port, this.random);
    this.figures.connections++;
    await talk.opened();
    for (let i = 0; i < 3 && talk.isOpen; i++) {
      talk.say();
      await talk.heard();
    }
    this.#add(talk);
    if (talk.isOpen) talk.ws.close();
    await talk.closed;
    talk.check();
  }

  /** One long connection that must lose nothing, however slow and cut; `goesOn` says for how long. */
  async converse(isDirect, goesOn, rest) {
    const port = isDirect ? this.port : this.lossless.port;
    const talk = new Conversation(this.copy, port, this.random);
    this.figures.connections++;
    await talk.opened();
    while (goesOn()) {
      talk.say();
      await talk.heard();
      this.#add(talk);
      if (!talk.isOpen) break;
      await rest();
    }
    this.figures.losses += talk.missing;
    assert.ok(talk.isOpen, 'a connection without deadly faults died');
    talk.ws.close(1000);
    assert.equal(await talk.closed, 1000);
  }

  /** Waits until the server has seen the end of all connections. */
  async settled() {
    for (;;) {
      const state = await this.state();
      if (state.connections === 0) return state;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop() {
    this.lossless.close();
    this.lossy.close();
    const { child } = this;
    this.child = null;
    child.disconnect();
    await once(child, 'exit');
  }

  #add(talk) {
    this.figures.messages += talk.messages;
    this.figures.bytes += talk.bytes;
    talk.messages = talk.bytes = 0;
  }

  #slow() {
    const faults = {
      delay: this.random.pick([0, 0, 5, 20]),
      splits: this.random.chance(0.5)
    };
    if (faults.delay) this.#count('delay');
    if (faults.splits) this.#count('split');
    return faults;
  }

  #deadly() {
    const faults = { ...this.#slow(), end: this.random.pick(ENDS) };
    if (faults.end) this.#count(faults.end);
    return { ...faults, after: this.random.below(20_000) };
  }

  #count(fault) {
    this.figures.faults[fault] = (this.figures.faults[fault] ?? 0) + 1;
  }
}
