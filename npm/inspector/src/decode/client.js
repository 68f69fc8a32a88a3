import source from 'worker:./worker.js';

import { loadDecoders } from 'lazy:';

import { Rpc } from '../engine/rpc.js';
import { startWorker } from '../engine/start-worker.js';

/** A decoder that takes longer is ended, in ms. */
const TIME_LIMIT = 3000;

/** Views that the first worker knows of. */
const SMALL = [
  'text',
  'json',
  'socketio',
  'stomp',
  'signalr',
  'graphql',
  'jupyter'
];

/** Calls that make what later calls read from. */
const MAKERS = ['text', 'tree'];

/** Decodes payloads off the page's thread; never blocks, never stays broken. */
export class DecodeClient {
  #rpc = null;
  #source = source;
  #timeLimit;
  #payload = null;
  /** The call that made what is shown: rows, or a tree. */
  #made = null;
  /** Calls under way. */
  #busy = 0;

  constructor(timeLimit = TIME_LIMIT) {
    this.#timeLimit = timeLimit;
  }

  /** Takes a payload and says which view suits it best. */
  async load(bytes, about) {
    const payload = [bytes, about];
    this.#payload = payload;
    this.#made = null;
    // Nobody waits any more for what is made of the payload before.
    if (this.#busy > 0) this.#end(this.#rpc, 'given another payload');
    // Another may have been given meanwhile.
    const load = () =>
      payload === this.#payload ? this.#call('load', ...payload) : 'hex';
    const best = await this.#surely(load);
    if (best !== null || payload !== this.#payload) return best ?? 'hex';
    await this.#wantAll();
    return load();
  }

  /** Decodes the payload as this view shows it, and returns the tree's root. */
  async tree(view, options) {
    if (!SMALL.includes(view)) await this.#wantAll();
    return this.call('tree', view, options);
  }

  /** The names of the types in a protobuf schema. */
  async types(schema) {
    await this.#wantAll();
    const payload = this.#payload;
    return this.call('types', schema).catch((error) => {
      if (payload === this.#payload) throw error;
      // The worker was ended for another payload, which a schema is not part of.
      return this.types(schema);
    });
  }

  /** Compares another payload with the one that is loaded. */
  async compare(bytes, mode) {
    await this.#wantAll();
    return this.call('compare', bytes, mode);
  }

  /**
   * Calls a method of the decode worker.
   *
   * @throws {Error} what the decoder says is wrong, or that it was ended
   */
  async call(name, ...args) {
    if (MAKERS.includes(name)) this.#made = [name, ...args];
    return this.#surely(async () => {
      if (!this.#rpc && this.#payload) await this.#again(name);
      return this.#call(name, ...args);
    });
  }

  /** Asks again where the worker with all decoders took the asked one's place. */
  async #surely(ask) {
    const asked = this.#source;
    try {
      return await ask();
    } catch (error) {
      if (asked === this.#source) throw error;
      return ask();
    }
  }

  /** Gives a new worker what the one that was ended had. */
  async #again(name) {
    await this.#call('load', ...this.#payload);
    if (this.#made && !MAKERS.includes(name)) await this.#call(...this.#made);
  }

  close() {
    if (this.#rpc) this.#end(this.#rpc, 'closed');
  }

  async #call(name, ...args) {
    const rpc = (this.#rpc ??= this.#start());
    // On a busy machine a worker may need long to start, whatever it is to decode.
    await rpc.started;
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

  /** From now on, workers have all decoders. */
  async #wantAll() {
    if (this.#source !== source) return;
    const all = await loadDecoders();
    if (this.#source !== source) return;
    this.#source = all;
    if (this.#rpc) this.#end(this.#rpc, 'replaced');
  }

  #start() {
    const worker = startWorker(this.#source, 'framewright-decode');
    const rpc = new Rpc(worker, (event, { message }) =>
      this.#end(rpc, `crashed: ${message}`)
    );
    rpc.started = rpc.call('started');
    return rpc;
  }

  #end(rpc, reason) {
    rpc.terminate(`The decoder was ${reason}`);
    if (this.#rpc !== rpc) return;
    this.#rpc = null;
    this.#busy = 0;
  }
}
