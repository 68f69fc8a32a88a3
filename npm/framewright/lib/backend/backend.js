'use strict';

const loadAddon = require('./addon-file');
const bundle = require('./bundle');
const hostRequire = require('./host-require');
const libc = require('./libc');
const platforms = require('./platforms');

/**
 * The codec this process runs on: native where the addon loads, else
 * WebAssembly, else none, and ws stays as it is. It never throws. It says what
 * it chose and why.
 */
const backend = {
  /** `'native'`, `'wasm'` or `'stock'` */
  name: 'stock',
  /** Why it was chosen */
  reason: '',
  /** The event table, and what its words mean, by name */
  table: null,
  layout: {},
  /** The codec's errors by number: their names and close codes */
  errors: [],
  decode: null,
  mask: null,
  /** What sends on a socket; `null` where only Node can */
  send: null,
  openDecoder: null,
  setMaxPayloadLen: null,
  closeDecoder: null,
  isBetweenMessages: null,
  frameUnderWay: null,
  checkInflated: null,
  /** What compresses and inflates; `null` leaves that to ws's own zlib */
  deflate: null,
  counters: () => ({ ...NO_COUNTERS }),
  /** What self-checks counted, of all copies of framewright that use this codec */
  ownCounters: { chunks: 0, frames: 0, messages: 0, masked: 0 }
};

/** On what the addon exports: what self-checks counted. */
const kOwnCounters = Symbol.for('framewright.ownCounters.1');

const NO_COUNTERS = {
  chunks: 0,
  frames: 0,
  messages: 0,
  masked: 0,
  decoders: 0
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
  if (wanted === 'native' || !loadWasm(wanted, failures)) {
    backend.reason = failures.join('; ');
  }

  if (bundle.isBundled && failures.length > 0) {
    bundle.warnOfBundle(failures.join('; '));
  }
}

/** Loads the addon, or adds to `failures` why not. */
function loadNative(failures) {
  const candidates = platforms.filter(
    ({ cpu, os }) => cpu === process.arch && os === process.platform
  );

  if (candidates.length === 0) {
    failures.push(`there is no addon for ${process.platform} ${process.arch}`);
    return false;
  }

  const errors = new Map();

  // On Linux only the package for the right libc is installed; where both are,
  // the wrong one doesn't load.
  for (const platform of candidates) {
    const { name } = platform;
    const messages = [];
    const addon =
      attempt(
        loadAddon,
        messages,
        `./native/framewright.${name}.node`,
        'build it again'
      ) ||
      attempt(
        loadAddon,
        messages,
        `@framewright/${name}`,
        `reinstall @framewright/${name}`
      );

    if (addon) {
      use('native', `the addon for ${name} loaded`, addon);
      return true;
    }

    if (messages.length > 0) errors.set(platform, messages.join('; '));
  }

  failures.push(whyNotNative(candidates, errors));
  return false;
}

/** Says what is wrong with the installation. */
function whyNotNative(candidates, errors) {
  const system = candidates[0].libc ? libc() : null;
  const fitting =
    candidates.find((platform) => platform.libc === system?.name) ??
    candidates[0];
  const where = process.versions.electron
    ? ` in Electron ${process.versions.electron}`
    : '';

  if (errors.has(fitting)) {
    return `the addon did not load${where} (${errors.get(fitting)})`;
  }

  const [wrong] = errors.keys();

  return wrong && system
    ? `the addon for ${wrong.libc} is installed, but this is ${system.name}`
    : notFound(`@framewright/${fitting.name}`) + where;
}

function notFound(name) {
  return bundle.isBundled
    ? `the package ${name} is not found from the bundle`
    : `the package ${name} is not installed`;
}

/** Loads the WebAssembly build, or adds to `failures` why not. */
function loadWasm(wanted, failures) {
  const errors = [];
  const codec = attempt(
    hostRequire,
    errors,
    '@framewright/wasm',
    'reinstall @framewright/wasm'
  );

  if (codec) {
    const reason =
      wanted === 'wasm' ? 'chosen by FRAMEWRIGHT=wasm' : failures.join('; ');

    use('wasm', reason, codec);
    return true;
  }

  failures.push(
    errors.length === 0
      ? notFound('@framewright/wasm')
      : `the WebAssembly build did not load (${errors.join('; ')})`
  );
  return false;
}

/** Loads a codec that may be missing, or adds to `failures` what is wrong with it. */
function attempt(load, failures, id, remedy) {
  try {
    const codec = load(id, remedy);

    if (typeof codec.contract === 'function') return codec;
    failures.push(`${id} is of another version; ${remedy}`);
  } catch (err) {
    // With a `path`, there is a package, but its file isn't there.
    if (err.code !== 'MODULE_NOT_FOUND' || err.path) {
      failures.push(err.message);
    }
  }
}

function use(name, reason, codec) {
  Object.assign(backend, {
    name,
    reason,
    table: new Uint32Array(codec.table),
    ...JSON.parse(codec.contract()),
    decode: codec.decode,
    mask: codec.mask,
    send: codec.send ?? null,
    openDecoder: codec.openDecoder,
    setMaxPayloadLen: codec.setMaxPayloadLen,
    closeDecoder: codec.closeDecoder,
    isBetweenMessages: codec.isBetweenMessages,
    frameUnderWay: codec.frameUnderWay,
    checkInflated: codec.checkInflated,
    deflate: codec.openCompressor ? codec : null,
    counters: codec.counters,
    ownCounters: (codec[kOwnCounters] ??= backend.ownCounters)
  });

  const budget = parseFloat(process.env.FRAMEWRIGHT_DEFLATE_MEMORY);

  if (backend.deflate !== null && budget >= 0 && Number.isFinite(budget)) {
    backend.deflate.setDeflateBudget(budget * 1024 * 1024);
  }
}

module.exports = backend;
