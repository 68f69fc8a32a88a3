// docs/reference.md names every variable, option and error that the sources have, and no variable that they don't.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { run } from '../cli/command.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FRAMEWRIGHT = path.join(ROOT, 'npm', 'framewright');
const reference = readFileSync(path.join(ROOT, 'docs', 'reference.md'), 'utf8');
const platforms = createRequire(import.meta.url)(
  '../../npm/framewright/lib/backend/platforms.js'
);

const sources = ['bin', 'entries', 'lib']
  .flatMap((folder) =>
    readdirSync(path.join(FRAMEWRIGHT, folder), { recursive: true }).map(
      (name) => path.join(FRAMEWRIGHT, folder, name)
    )
  )
  .filter((file) => /\.m?js$/.test(file))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

function namesIn(text, pattern) {
  return new Set([...text.matchAll(pattern)].map(([, name]) => name));
}

it('environment variables', () => {
  const pattern = /\b(FRAMEWRIGHT(?:_[A-Z_]+)?)\b/g;
  const used = namesIn(sources, pattern);
  assert.ok(used.has('FRAMEWRIGHT_DEFLATE_MEMORY'));
  assert.deepEqual([...namesIn(reference, pattern)].sort(), [...used].sort());
});

it('the memory of compression', () => {
  const sourceOf = (name) =>
    readFileSync(
      path.join(ROOT, 'crates', 'codec', 'src', 'deflate', name),
      'utf8'
    );
  const [, mib] = /_BUDGET_LEN: usize = (\d+) \* 1024 \* 1024;/.exec(
    sourceOf('pool.rs')
  );
  const [, kib] = /_HISTORY_LEN: usize = (\d+) \* 1024;/.exec(
    sourceOf('options.rs')
  );
  assert.ok(reference.includes(`FRAMEWRIGHT_DEFLATE_MEMORY=${mib}\``));
  assert.ok(reference.includes(`(${mib} by default)`));
  assert.ok(reference.includes(`${kib} KiB at most`));
});

it('codes of errors', () => {
  const codes = namesIn(sources, /'((?:WS_ERR|ERR|Z)_[A-Z0-9_]+)'/g);
  assert.ok(codes.has('WS_ERR_INVALID_UTF8'));
  for (const code of codes) {
    // Those of Node never reach the user.
    if (/^ERR_(?!CONNECTION|FRAMEWRIGHT)/.test(code)) continue;
    assert.ok(reference.includes(code), code);
  }
});

it('options of the types', () => {
  const folder = path.join(FRAMEWRIGHT, 'types');
  const names = readdirSync(folder).filter((name) => name.endsWith('.d.ts'));
  assert.ok(names.includes('metrics.d.ts'));
  for (const name of names) {
    const types = readFileSync(path.join(folder, name), 'utf8');
    for (const option of namesIn(types, /^ {2,4}(\w+)\?: /gm)) {
      if (
        /^(?:cb|generateMask|mask|options|server|websocket|data)$/.test(option)
      )
        continue;
      assert.ok(reference.includes(option), `${name}: ${option}`);
    }
  }
});

it('options of the command', async () => {
  for (const command of ['doctor', 'bench', 'proxy', 'inspect', 'frames']) {
    const { stdout } = await run([command, '--help']);
    const options = namesIn(stdout, /(--[a-z-]+)/g);
    assert.ok(options.size > 1);
    for (const option of options) {
      assert.ok(reference.includes(option), `${command} ${option}`);
    }
  }
});

it('platforms, wherever they are listed', () => {
  const release = readFileSync(
    path.join(ROOT, '.github', 'workflows', 'release.yml'),
    'utf8'
  );
  for (const { name } of platforms) {
    assert.match(release, new RegExp(`platform: ${name}\\b`), name);
  }
});
