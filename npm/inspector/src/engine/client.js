import source from 'worker:./worker.js';

import { Rpc } from './rpc.js';
import { startWorker } from './start-worker.js';

/**
 * The engine in its worker, as the page sees it. Emits `status` whenever
 * something changed, and `fault` when the worker died.
 */
export class EngineClient extends EventTarget {
  #rpc;

  constructor() {
    super();
    const worker = startWorker(source, 'framewright-engine');
    this.#rpc = new Rpc(worker, (event, detail) =>
      this.dispatchEvent(new CustomEvent(event, { detail }))
    );
  }

  /** Calls a method of the worker's engine. */
  call(name, ...args) {
    return this.#rpc.call(name, ...args).catch((error) => {
      if (error.isFatal)
        this.dispatchEvent(new CustomEvent('fault', { detail: error }));
      throw error;
    });
  }

  close() {
    this.#rpc.terminate('the inspector was closed');
  }
}
