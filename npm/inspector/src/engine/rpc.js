/**
 * Calls from the page to a worker: `{ id, call, args }` one way, `{ id, value }`
 * or `{ id, error }` the other, `{ event, detail }` unasked.
 */

/** Serves the methods of `target` to the page that made this worker. */
export function serve(target) {
  self.onmessage = async ({ data: { id, call, args } }) => {
    try {
      const value = await target[call](...args);
      self.postMessage({ id, value }, transferables(value));
    } catch (error) {
      self.postMessage({ id, error: plain(error) });
    }
  };
}

/** Tells the page something it didn't ask for. */
export function emit(event, detail) {
  self.postMessage({ event, detail });
}

function transferables(value) {
  const bytes = value?.bytes ?? value;
  return ArrayBuffer.isView(bytes) ? [bytes.buffer] : [];
}

function plain(error) {
  return {
    name: error?.name ?? 'Error',
    message: error?.message ?? String(error),
    start: error?.start,
    end: error?.end,
    isFatal: isTrap(error)
  };
}

/** Whether the WebAssembly died of it: its memory can't be trusted any more. */
function isTrap(error) {
  return (
    error instanceof WebAssembly.RuntimeError ||
    String(error?.message).startsWith('panicked at')
  );
}

/** The page's end. `onEvent(event, detail)` gets what the worker emits. */
export class Rpc {
  #worker;
  #calls = new Map();
  #nextId = 0;

  constructor(worker, onEvent = () => {}) {
    this.#worker = worker;
    worker.onmessage = ({ data }) => {
      if (data.event) onEvent(data.event, data.detail);
      else this.#settle(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      onEvent('fault', { message: event.message || 'the worker failed' });
    };
  }

  call(call, ...args) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#worker.postMessage({ id, call, args });
    });
  }

  /** Ends the worker; calls under way fail with `reason`. */
  terminate(reason) {
    this.#worker.terminate();
    for (const { reject } of this.#calls.values()) reject(new Error(reason));
    this.#calls.clear();
  }

  #settle({ id, value, error }) {
    const call = this.#calls.get(id);
    if (!call) return;
    this.#calls.delete(id);
    if (error) call.reject(Object.assign(new Error(error.message), error));
    else call.resolve(value);
  }
}
