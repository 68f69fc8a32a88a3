// A client that reads what a process sends before it ends.

import { once } from 'node:events';

import { loadCopy } from '../lib/ws-copies.mjs';

export class Reader {
  #texts = [];

  constructor(port, child) {
    const { WebSocket } = loadCopy('8.23');
    this.exited = once(child, 'exit');
    this.ws = new WebSocket(`ws://127.0.0.1:${port}`);
    this.closed = new Promise((resolve) => this.ws.on('close', resolve));
    this.ws.on('error', () => {});
    this.ws.on('open', () => this.ws.send('go'));
    this.ws.on('message', (data) => this.#texts.push(`${data}`));
  }

  /** Everything that came, and the process's exit code. */
  async whole() {
    await this.closed;
    const [code] = await this.exited;
    return { texts: this.#texts, code };
  }
}
