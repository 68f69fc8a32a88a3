// Feeds a case to a Receiver and records all that can be seen of it from outside.

import { perMessageDeflate } from '../../lib/ws-copies.mjs';

const CANARY = 0xa5;
const CANARY_LEN = 16;

/** One run of one case on one copy of ws. Entries of `log` are arrays: a name, then what came with it. */
export class ReceiverTrace {
  /**
   * @param {object} copy From ws-copies
   * @param {import('./case.mjs').ReceiverCase} kase
   */
  constructor(copy, kase) {
    this.kase = kase;
    this.copy = copy;
    this.log = [];
    this.stopped = false;
    this.blobs = [];
    this.chunks = this.#makeChunks();
    this.next = 0;
    this.pending = 0;
    this.ended = false;
    this.calls = 0;
    this.turn = 0;
    this.turnOpen = false;

    this.extension = kase.deflate
      ? perMessageDeflate(
          copy,
          kase.options.isServer,
          kase.deflate,
          kase.options
        )
      : undefined;
    this.receiver = new copy.Receiver({
      ...kase.options,
      extensions: this.extension && { 'permessage-deflate': this.extension }
    });
    this.#listen();
    // ws 8.16 defers by default.
    const { allowSynchronousEvents = kase.version !== '8.16' } = kase.options;
    this.isDeferred = !allowSynchronousEvents;
    this.partner = kase.partner && new ReceiverTrace(copy, kase.partner);
  }

  /** Feeds what may be fed now; an error that is thrown goes into the log. */
  tryFeed() {
    try {
      this.feed();
    } catch (err) {
      this.log.push(['threw', describeError(err)]);
    }
  }

  /** @private */
  feed() {
    const { kase, receiver, chunks } = this;
    while (this.next < chunks.length) {
      if (this.stopped && !kase.keepWriting) break;
      if (kase.feed === 'drain' && receiver._writableState.needDrain) return;
      if (kase.feed === 'paced' && this.pending > 0) return;
      this.writeNext();
    }
    if (kase.end && !this.ended) {
      this.ended = true;
      receiver.end();
    }
  }

  writeNext() {
    const { kase, log } = this;
    const index = this.next++;
    const chunk = this.chunks[index];
    if (!kase.callbacks) {
      this.receiver.write(chunk);
      return;
    }
    this.pending++;
    const hasRoom = this.receiver.write(chunk, (err) => {
      this.pending--;
      log.push(['written', index, err ? describeError(err) : null]);
      if (kase.feed === 'paced') this.feed();
    });
    if (!hasRoom) log.push(['full']);
  }

  /** Whether nothing more will happen, except for what a bug may still do. */
  get settled() {
    const { length, destroyed } = this.receiver._writableState;
    return (
      this.pending === 0 &&
      (length === 0 || destroyed) &&
      (this.partner === undefined || this.partner.settled)
    );
  }

  /** Releases what the run holds, once settled, and completes the log. */
  async finish() {
    const { receiver } = this;
    const { finished, errorEmitted, length } = receiver._writableState;
    this.log.push([
      'state',
      { finished, errorEmitted, length, pending: this.pending }
    ]);
    this.extension?.cleanup();
    receiver.removeAllListeners();
    receiver.on('error', () => {});
    for (const blob of this.blobs) {
      blob.bytes = Buffer.from(await blob.data.arrayBuffer());
    }
    this.#checkCanaries();
    if (this.partner) await this.partner.finish();
  }

  #listen() {
    const { receiver, log } = this;
    receiver.on('message', (...args) => this.#onEvent('message', args));
    receiver.on('ping', (...args) => this.#onEvent('ping', args));
    receiver.on('pong', (...args) => this.#onEvent('pong', args));
    receiver.on('conclude', (...args) => {
      this.stopped = true;
      this.#onEvent('conclude', args);
    });
    receiver.on('error', (err) => {
      this.stopped = true;
      log.push(['error', describeError(err, this.copy.kStatusCode)]);
    });
    receiver.on('finish', () => log.push(['finish']));
    receiver.on('close', () => log.push(['close']));
    receiver.on('drain', () => {
      if (this.kase.callbacks) log.push(['drain']);
      this.feed();
    });
  }

  #onEvent(name, args) {
    // Which macrotask or microtask this is, so that deferred events can be told apart.
    if (this.isDeferred && !this.turnOpen) {
      this.turnOpen = true;
      this.turn++;
      queueMicrotask(() => {
        this.turnOpen = false;
      });
    }
    const entry = [name, this.turn];
    for (const arg of args) entry.push(this.#describe(arg));
    this.log.push(entry);
    const call = this.calls++;
    for (const action of this.kase.actions) {
      if (action.at === call) this.#act(action);
    }
  }

  #act({ name, value }) {
    const { receiver } = this;
    if (name === 'binaryType') {
      receiver._binaryType = value;
    } else if (name === 'partner') {
      this.partner?.feed();
    } else if (name === 'write') {
      if (this.next < this.chunks.length) this.writeNext();
    } else if (name === 'end') {
      // As when the socket ends: nothing is written any more.
      this.next = this.chunks.length;
      receiver.end();
    } else {
      receiver.removeAllListeners('message');
    }
  }

  /**
   * Keeps the payload itself, to see later whether it was overwritten, with a sum of what it is now.
   */
  #describe(arg) {
    if (arg instanceof Blob) {
      const blob = { kind: 'blob', type: arg.type, data: arg };
      this.blobs.push(blob);
      return blob;
    }
    if (arg instanceof ArrayBuffer) {
      const bytes = Buffer.from(arg);
      return { kind: 'arraybuffer', bytes, sum: sum(bytes) };
    }
    if (Array.isArray(arg)) return arg.map((item) => this.#describe(item));
    if (Buffer.isBuffer(arg)) {
      return { kind: 'buffer', bytes: arg, sum: sum(arg) };
    }
    return arg;
  }

  /** Cuts a copy of the stream, as decoding may change the bytes in place. */
  #makeChunks() {
    const { bytes, cuts, ownChunks } = this.kase;
    const edges = [0, ...cuts, bytes.length];
    const chunks = [];
    // An odd offset in a larger memory, with a guard at either end.
    const { memory, at } = allocate(bytes.length + 2 * CANARY_LEN + 1);
    const start = at + CANARY_LEN + 1;
    const end = start + bytes.length;
    this.guards = [
      memory.subarray(at, start),
      memory.subarray(end, end + CANARY_LEN)
    ];
    for (const guard of this.guards) guard.fill(CANARY);
    const copy = memory.subarray(start, end);
    copy.set(bytes);
    for (let i = 1; i < edges.length; i++) {
      const chunk = copy.subarray(edges[i - 1], edges[i]);
      chunks.push(
        ownChunks ? Buffer.from(new Uint8Array(chunk).buffer) : chunk
      );
    }
    return chunks;
  }

  #checkCanaries() {
    for (const guard of this.guards) {
      if (!guard.every((byte) => byte === CANARY)) {
        this.log.push(['wrote outside of the chunk']);
      }
    }
  }
}

let arena = Buffer.alloc(0);
let arenaUsed = 0;

/** Lets the memory of all traces so far be used again. */
export function reuseMemory() {
  arenaUsed = 0;
}

function allocate(len) {
  if (arenaUsed + len > arena.length) {
    arena = Buffer.from(new ArrayBuffer(Math.max(len, 1 << 22)));
    arenaUsed = 0;
  }
  const at = arenaUsed;
  arenaUsed += len;
  return { memory: arena, at };
}

/** Runs `cases` on both copies, all at once, and returns pairs of traces. */
export async function runPairs({ stock, ours }, cases) {
  // The text of a stack trace is a fifth of the time, and nothing is made of it.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const pairs = cases.map((kase) => {
    const pair = [
      new ReceiverTrace(stock, kase),
      new ReceiverTrace(ours, kase)
    ];
    for (const trace of pair) {
      trace.tryFeed();
      trace.partner?.tryFeed();
    }
    return pair;
  });
  await settle(pairs.flat());
  for (const trace of pairs.flat()) await trace.finish();
  Error.stackTraceLimit = stackTraceLimit;
  return pairs;
}

/** Waits until no trace has anything under way, or none has settled for so long that they are stuck. */
async function settle(traces) {
  const PATIENCE = 5000;
  let start = performance.now();
  let waiting = traces;
  while (waiting.length > 0 && performance.now() - start < PATIENCE) {
    await new Promise(setImmediate);
    const left = waiting.filter((trace) => !trace.settled);
    if (left.length < waiting.length) start = performance.now();
    waiting = left;
  }
  // Events that come after the last callback: 'error', 'finish', 'close'.
  for (let i = 0; i < 3; i++) await new Promise(setImmediate);
}

function sum(bytes) {
  let result = bytes.length;
  const step = 1 + (bytes.length >>> 7);
  for (let i = 0; i < bytes.length; i += step) {
    result = (Math.imul(result, 31) + bytes[i]) | 0;
  }
  return result;
}

function describeError(err, kStatusCode) {
  return {
    kind: 'error',
    class: err.constructor.name,
    prototypeName: Object.getPrototypeOf(err).name,
    code: err.code,
    errno: err.errno,
    message: err.message,
    keys: Reflect.ownKeys(err).map(String),
    statusCode: kStatusCode && err[kStatusCode]
  };
}
