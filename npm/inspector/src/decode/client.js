import source from 'worker:./worker.js';

import { Rpc } from '../engine/rpc.js';
import { startWorker } from '../engine/start-worker.js';

/** A decoder that takes longer is ended, in ms. */
const TIME_LIMIT = 3000;

/** Decodes payloads off the page's thread; never blocks, never stays broken. */
export class DecodeClient {
  #rpc = null;
  #timeLimit;
  #payload = null;
  /** Calls under way. */
  #busy = 0;

  constructor(timeLimit = TIME_LIMIT) {
    this.#timeLimit = timeLimit;
  }

  /** Takes a payload and says which view suits it best. */
  load(bytes, isText) {
    this.#payload = [bytes, isText];
    // Nobody waits any more for what is made of the payload before.
    if (this.#busy > 0) this.#end(this.#rpc, 'given another payload');
    return this.#rpc ? this.call('load', bytes, isText) : this.#started();
  }

  /**
   * Calls a method of the decode worker.
   *
   * @throws {Error} what the decoder says is wrong, or that it was ended
   */
  async call(name, ...args) {
    if (!this.#rpc && name !== 'load') await this.#started();
    const rpc = (this.#rpc ??= this.#start());
    const timer = setTimeout(
      () => this.#end(rpc, `ended after ${this.#timeLimit / 1000} s`),
      this.#timeLimit
    );
    this.#busy++;
    try {
      return await rpc.call(name, ...args);
    } finally {
      clearTimeout(timer);
      if (rpc === this.#rpc) this.#busy--;
    }
  }

  close() {
    if (this.#rpc) this.#end(this.#rpc, 'closed');
  }

  /** A worker that has the payload, after another was ended. */
  #started() {
    return this.#payload ? this.call('load', ...this.#payload) : 'hex';
  }

  #start() {
    const worker = startWorker(source, 'framewright-decode');
    const rpc = new Rpc(worker, (event, { message }) =>
      this.#end(rpc, `crashed: ${message}`)
    );
    return rpc;
  }

  #end(rpc, reason) {
    rpc.terminate(`The decoder was ${reason}`);
    if (this.#rpc !== rpc) return;
    this.#rpc = null;
    this.#busy = 0;
  }
}
