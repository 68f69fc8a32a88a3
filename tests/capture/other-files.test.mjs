// Files that are no captures: whatever is found on a machine, one of each
// kind, shows no frames.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));
const READER = new URL('../../npm/inspector/dist/reader.js', import.meta.url);
const skip =
  !existsSync(fileURLToPath(READER)) &&
  'the inspector is not built: npm run build -w @framewright/inspector';

// Packages', and a system's own where it has them: programs, libraries, fonts,
// images, databases, certificates, manuals, …
const FOLDERS = [
  join(root, 'node_modules'),
  '/usr/share',
  '/usr/lib',
  '/etc/ssl'
];
const MAX_FILES = 60_000;
const MAX_LEN = 1 << 20;
const CAPTURES = ['.pcap', '.pcapng', '.cap', '.har', '.mitm'];

// A few files of each kind, by what their names end with.
function* filesByKind(perKind) {
  const counts = new Map();

  for (const folder of FOLDERS.filter(existsSync)) {
    let seen = 0;

    for (const file of filesIn(folder)) {
      if (++seen > MAX_FILES) break;
      const kind = extname(file).toLowerCase();
      const count = counts.get(kind) ?? 0;

      if (count >= perKind || kind === '' || CAPTURES.includes(kind)) continue;
      const bytes = read(file);

      if (bytes === null) continue;
      counts.set(kind, count + 1);
      yield { file, kind, bytes };
    }
  }
}

function* filesIn(folder) {
  let entries;

  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);

    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}

function read(file) {
  try {
    const { size } = statSync(file);

    return size > 100 && size < 50 * MAX_LEN
      ? readFileSync(file).subarray(0, MAX_LEN)
      : null;
  } catch {
    return null;
  }
}

describe('files that are no captures', { skip }, async () => {
  const { CaptureReader } = skip ? {} : await import(READER);

  // How many frames are shown of a file.
  async function frames(bytes) {
    const reader = await CaptureReader.open({ keptLen: 64 << 20 });

    try {
      reader.push(bytes);
      reader.finish();
    } catch {
      // It is refused.
    }
    return [...reader.take(true)].length;
  }

  it('show nothing, be they of 50 kinds', async () => {
    const kinds = new Set();

    for (const { file, kind, bytes } of filesByKind(2)) {
      assert.equal(await frames(bytes), 0, file);
      kinds.add(kind);
    }
    assert.ok(kinds.size >= 50, `only ${kinds.size}: ${[...kinds].join(' ')}`);
  });

  it('show nothing when they are packed', async () => {
    const text = readFileSync(join(root, 'package-lock.json'));

    for (const pack of ['gzipSync', 'deflateSync', 'brotliCompressSync']) {
      assert.equal(await frames(zlib[pack](text)), 0, pack);
    }
  });
});
