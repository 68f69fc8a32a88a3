'use strict';

/**
 * The codec this process runs on: native where the addon loads, else
 * WebAssembly, else none, so that ws stays as it is. Never throws; says what it
 * chose and why.
 */
const backend = {
  /** `'native'`, `'wasm'` or `'stock'` */
  name: 'stock',
  /** Why it is that one */
  reason: '',
  /** The event table, see event-table.js */
  table: null,
  decode: null,
  mask: null,
  openDecoder: null,
  closeDecoder: null,
  /** What compresses and inflates; `null` leaves that to ws's own zlib */
  deflate: null,
  counters: () => ({ ...NO_COUNTERS })
};

const NO_COUNTERS = {
  chunks: 0,
  frames: 0,
  messages: 0,
  masked: 0,
  decoders: 0
};

/** The addon's files, by `process.platform` and `process.arch`. */
const TARGETS = {
  'linux x64': ['linux-x64-gnu', 'linux-x64-musl'],
  'linux arm64': ['linux-arm64-gnu', 'linux-arm64-musl'],
  'darwin x64': ['darwin-x64'],
  'darwin arm64': ['darwin-arm64'],
  'win32 x64': ['win32-x64-msvc'],
  'win32 arm64': ['win32-arm64-msvc']
};

choose();

function choose() {
  const wanted = process.env.FRAMEWRIGHT;

  if (wanted === 'off') {
    backend.reason = 'switched off by FRAMEWRIGHT=off';
    return;
  }

  if (process.versions.bun) {
    backend.reason = 'Bun brings its own ws, which is native already';
    return;
  }

  const failures = [];

  if (wanted !== 'wasm' && loadNative(failures)) return;
  if (wanted !== 'native' && loadWasm(wanted, failures)) return;

  backend.reason = failures.join('; ');
}

/** Loads the addon, or adds to `failures` why not. */
function loadNative(failures) {
  const platform = `${process.platform} ${process.arch}`;
  const targets = TARGETS[platform];

  if (targets === undefined) {
    failures.push(`there is no addon for ${platform}`);
    return false;
  }

  const errors = [];

  // On Linux only the package for the right libc is installed; where both are,
  // the wrong one doesn't load.
  for (const target of targets) {
    const addon =
      tryRequire(`../native/framewright.${target}.node`, errors) ||
      tryRequire(`@framewright/${target}`, errors);

    if (addon) {
      use('native', `the addon for ${target} loaded`, addon);
      return true;
    }
  }

  failures.push(
    errors.length === 0
      ? `the package @framewright/${targets[0]} is not installed`
      : `the addon did not load (${errors.join('; ')})`
  );
  return false;
}

/** Loads the WebAssembly build, or adds to `failures` why not. */
function loadWasm(wanted, failures) {
  const errors = [];
  const codec = tryRequire('@framewright/wasm', errors);

  if (codec) {
    const reason =
      wanted === 'wasm' ? 'chosen by FRAMEWRIGHT=wasm' : failures.join('; ');

    use('wasm', reason, codec);
    return true;
  }

  failures.push(
    errors.length === 0
      ? 'the package @framewright/wasm is not installed'
      : `the WebAssembly build did not load (${errors.join('; ')})`
  );
  return false;
}

function tryRequire(id, failures) {
  try {
    return require(id);
  } catch (err) {
    if (err.code !== 'MODULE_NOT_FOUND') failures.push(err.message);
  }
}

function use(name, reason, codec) {
  Object.assign(backend, {
    name,
    reason,
    table: new Uint32Array(codec.table),
    decode: codec.decode,
    mask: codec.mask,
    openDecoder: codec.openDecoder,
    closeDecoder: codec.closeDecoder,
    deflate: codec.openCompressor ? codec : null,
    counters: codec.counters
  });

  const budget = parseFloat(process.env.FRAMEWRIGHT_DEFLATE_MEMORY);

  if (backend.deflate !== null && budget >= 0 && Number.isFinite(budget)) {
    backend.deflate.setDeflateBudget(budget * 1024 * 1024);
  }
}

module.exports = backend;
