import initFull from '../../wasm/engine.js';

import { inlineWasm } from '../inline-wasm.js';
import { emit } from './rpc.js';

/** The module that only some files need, which the page has to fetch. */
export class FullModule {
  #ready = null;
  #settle = null;

  /** Fulfilled when it can be used. */
  ready() {
    this.#ready ??= new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      emit('want-full');
    });
    return this.#ready;
  }

  /** The page has the module, or why it has not. */
  async provide(wasm, problem) {
    try {
      if (wasm === null) throw new Error(problem);
      await initFull({ module_or_path: inlineWasm(wasm) });
      this.#settle.resolve();
    } catch (error) {
      // Another try may do better.
      this.#ready = null;
      this.#settle.reject(error);
    }
  }
}
