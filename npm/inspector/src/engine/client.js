import source from 'worker:./worker.js';

import { loadFull } from 'lazy:';

import { Rpc } from './rpc.js';
import { startWorker } from './start-worker.js';

/** The worker is asked this often whether it still answers, in ms. */
const BEAT_MS = 1000;
/** It is stuck when it has let this many beats go by. */
const BEATS = 3;

/**
 * The engine in its worker, as the page sees it. Emits `status` whenever
 * something changed, `fault` when the worker died, and `stuck` when it stops
 * answering or does so again.
 */
export class EngineClient extends EventTarget {
  #rpc;
  #isClosed = false;
  #pulse;
  /** How many beats the worker has not answered. */
  #missed = 0;

  constructor() {
    super();
    const worker = startWorker(source, 'framewright-engine');
    this.#rpc = new Rpc(worker, (event, detail) => {
      if (event === 'want-full') this.#provideFull();
      else this.dispatchEvent(new CustomEvent(event, { detail }));
    });
    this.#pulse = setInterval(() => this.#beat(), BEAT_MS);
  }

  /** Whether calls must wait, maybe for ever. */
  get isStuck() {
    return this.#missed > BEATS;
  }

  /** Calls a method of the worker's engine; null where it is closed meanwhile. */
  call(name, ...args) {
    return this.#rpc.call(name, ...args).catch((error) => {
      if (this.#isClosed) return null;
      if (error.isFatal)
        this.dispatchEvent(new CustomEvent('fault', { detail: error }));
      throw error;
    });
  }

  close() {
    this.#isClosed = true;
    clearInterval(this.#pulse);
    this.#rpc.terminate('the inspector was closed');
  }

  /** Gives the worker the module that it wants for a file. */
  #provideFull() {
    loadFull().then(
      (wasm) => this.call('provideFull', wasm, ''),
      (error) => this.call('provideFull', null, error.message)
    );
  }

  #beat() {
    this.#missed++;
    if (this.#missed === 1) this.call('ping').then(() => this.#answered());
    else if (this.#missed === BEATS + 1) this.#tell();
  }

  #answered() {
    const { isStuck } = this;
    this.#missed = 0;
    if (isStuck) this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event('stuck'));
  }
}
