// The addon's deflate contexts, as tests use them.

import { createRequire } from 'node:module';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const folder = new URL('../../npm/framewright/native/', import.meta.url);

/** The addon that was built for this machine. */
export const addon = load();

function load() {
  const files = readdirSync(folder).filter((name) => name.endsWith('.node'));
  if (files.length !== 1) {
    throw new Error(`expected one addon in ${fileURLToPath(folder)}`);
  }
  return require(fileURLToPath(new URL(files[0], folder)));
}

const DEFAULTS = { windowBits: 15, contextTakeover: true };

const { layout, errors } = JSON.parse(addon.contract());

/** An error in place of bytes. */
export class Failure extends Error {
  constructor(outcome) {
    const { name, closeCode } = errors[~outcome];
    super(name);
    this.code = closeCode;
  }
}

/** What `inflate()` gives where the thread pool is to go on. */
export const { UNFINISHED } = layout;

/** What `compress()` and `inflate()` give for an id that isn't there. */
export const INTERNAL = ~errors.findIndex(({ name }) => name === 'Internal');

/** A frame's flags, as `inflate()` takes them. */
export const flagsOf = (fin) => (fin ? layout.ENDS_MESSAGE : 0);

export class Compressor {
  constructor(options) {
    this.id = addon.openCompressor({ ...DEFAULTS, ...options });
  }

  /** Compresses a fragment at once. */
  compress(fragment, fin = true) {
    return taken(addon.compress(this.id, fragment, fin));
  }

  /** Compresses a fragment on the thread pool. */
  async compressAsync(fragment, fin = true) {
    return takenAsync(await addon.compressAsync(this.id, fragment, fin));
  }

  close() {
    addon.closeCompressor(this.id);
  }
}

export class Decompressor {
  constructor(options) {
    this.id = addon.openDecompressor({ ...DEFAULTS, ...options });
  }

  /** Inflates a payload at once; its text must not be long. */
  inflate(payload, fin = true) {
    return taken(addon.inflate(this.id, payload, flagsOf(fin)));
  }

  /** Inflates a payload as a caller with text of any length does. */
  async inflateAny(payload, fin = true) {
    const outcome = addon.inflate(this.id, payload, flagsOf(fin));
    if (outcome !== UNFINISHED) return taken(outcome);
    return takenAsync(await addon.inflateAsync(this.id, payload, flagsOf(fin)));
  }

  /** What zlib calls the error. */
  get corruption() {
    return addon.corruption(this.id);
  }

  close() {
    addon.closeDecompressor(this.id);
  }
}

function taken(outcome) {
  if (outcome < 0) throw new Failure(outcome);
  const bytes = Buffer.allocUnsafe(outcome);
  addon.takeDeflated(bytes);
  return bytes;
}

async function takenAsync(deflated) {
  if (deflated.outcome < 0) throw new Failure(deflated.outcome);
  const bytes = Buffer.allocUnsafeSlow(deflated.outcome);
  await deflated.takeAsync(bytes);
  return bytes;
}
