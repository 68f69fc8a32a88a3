// The pages of docs/ name every variable, option, method and error that the sources and types have, and none that they
// don't.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, it } from 'node:test';

import { run } from '../cli/command.mjs';

import { page, pages, ROOT } from './support/markdown.mjs';

const FRAMEWRIGHT = path.join(ROOT, 'npm', 'framewright');
const INSPECTOR = path.join(ROOT, 'npm', 'inspector');
const platforms = createRequire(import.meta.url)(
  '../../npm/framewright/lib/backend/platforms.js'
);

const all = pages('docs').map(page).join('\n');
const environment = page('docs/api/environment.md');
const sources = ['bin', 'entries', 'lib']
  .flatMap((folder) =>
    readdirSync(path.join(FRAMEWRIGHT, folder), { recursive: true }).map(
      (name) => path.join(FRAMEWRIGHT, folder, name)
    )
  )
  .filter((file) => /\.m?js$/.test(file))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

/** By page, the entry points that it is about. */
const PAGES = {
  'framewright.md': [FRAMEWRIGHT, '.'],
  'koa.md': [FRAMEWRIGHT, './koa'],
  'broadcast.md': [FRAMEWRIGHT, './broadcast'],
  'inspect.md': [FRAMEWRIGHT, './inspect'],
  'heartbeat.md': [FRAMEWRIGHT, './heartbeat'],
  'limits.md': [FRAMEWRIGHT, './limits'],
  'metrics.md': [FRAMEWRIGHT, './metrics'],
  'http2.md': [FRAMEWRIGHT, './http2'],
  'codec.md': [INSPECTOR, './codec']
};

/** What types have that isn't for users to call: ws's and Koa's own, and parts of what is described by its parts. */
const OTHERS = new Set(
  (
    'callback cb onConnection use clearInterval clearTimeout client clients code constructor data expose format generateMask handleUpgrade info listen ' +
    'isBinary mask message name now on once options parse register server setInterval setTimeout socket upTo ' +
    'warn websocket'
  ).split(' ')
);

function namesIn(text, pattern) {
  return new Set([...text.matchAll(pattern)].map(([, name]) => name));
}

/** The types of an entry point, for CommonJS where there are both. */
function typesOf(folder, entry) {
  const { exports } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8')
  );
  const { require: cjs, types } = exports[entry];
  const file = path.join(folder, cjs?.types ?? types);
  return readFileSync(file, 'utf8').replace(/\/\*\*[^]*?\*\//g, '');
}

/** The functions and members that types declare. */
function members(types) {
  return new Set([
    ...namesIn(types, /(?:export|declare) function (\w+)/g),
    ...namesIn(types, /^ {2,6}(?:readonly )?(\w+)\??[:(<]/gm)
  ]);
}

/** The code in a page, inline and in tables. */
const code = (text) => [...text.matchAll(/`([^`\n]+)`/g)].map(([, c]) => c);

/** The first cells of tables whose head is about names. */
function rows(text) {
  const found = [];
  let isNames = false;
  let previous = '';
  for (const line of text.split('\n')) {
    if (/^\| *-/.test(line)) {
      isNames = /^\| (?:method|option|name|property)/.test(previous);
    } else if (line.startsWith('|') && isNames) {
      const [, cell] = line.split('|');
      const [, name] = /`(?:\w+\.)*(\w+)/.exec(cell) ?? [];
      if (name) found.push(name);
    } else if (!line.startsWith('|')) {
      isNames = false;
    }
    previous = line;
  }
  return found;
}

describe('a page for each entry point', () => {
  it('leaves none out', () => {
    const { exports } = JSON.parse(
      readFileSync(path.join(FRAMEWRIGHT, 'package.json'), 'utf8')
    );
    const entries = Object.keys(exports).filter(
      (name) => !['./register', './package.json'].includes(name)
    );
    const described = Object.values(PAGES)
      .filter(([folder]) => folder === FRAMEWRIGHT)
      .map(([, entry]) => entry);
    assert.deepEqual(described.sort(), entries.sort());
  });

  for (const [name, [folder, entry]] of Object.entries(PAGES)) {
    it(name, () => {
      const text = page(`docs/api/${name}`);
      const declared = members(typesOf(folder, entry));
      assert.ok(declared.size > 0);
      const written = code(text).join('\n');
      for (const member of declared) {
        if (OTHERS.has(member)) continue;
        assert.match(written, new RegExp(`\\b${member}\\b`), member);
      }

      const listed = rows(text);
      assert.ok(listed.length > 0);
      for (const member of listed) {
        const isThere =
          declared.has(member) ||
          member === 'websockify' ||
          member === 'use' ||
          new RegExp(`\\b${member}\\b`).test(typesOf(folder, entry));
        assert.ok(isThere, `${member} isn't in the types`);
      }
    });
  }
});

it('environment variables', () => {
  const pattern = /\b(FRAMEWRIGHT(?:_[A-Z_]+)?)\b/g;
  const used = namesIn(sources, /env\.(FRAMEWRIGHT(?:_[A-Z_]+)?)\b/g);
  assert.ok(used.has('FRAMEWRIGHT_DEFLATE_MEMORY'));
  assert.deepEqual([...namesIn(environment, pattern)].sort(), [...used].sort());
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
  assert.ok(environment.includes(`FRAMEWRIGHT_DEFLATE_MEMORY=${mib}\``));
  assert.ok(environment.includes(`(${mib} by default)`));
  assert.ok(page('docs/production/tuning.md').includes(`${kib} KiB at most`));
});

it('codes of errors and warnings', () => {
  const text = page('docs/troubleshooting.md') + page('docs/api/broadcast.md');
  const codes = namesIn(
    sources,
    /'((?:WS_ERR|ERR|Z|FRAMEWRIGHT)_[A-Z0-9_]+)'/g
  );
  assert.ok(codes.has('WS_ERR_INVALID_UTF8'));
  assert.ok(codes.has('FRAMEWRIGHT_BUNDLED'));
  for (const code of codes) {
    // Those of Node never reach the user.
    if (/^ERR_(?!CONNECTION|FRAMEWRIGHT)/.test(code)) continue;
    assert.ok(text.includes(code), code);
  }
});

it('messages of errors', () => {
  const text = page('docs/troubleshooting.md');
  const errors = readFileSync(
    path.join(FRAMEWRIGHT, 'lib', 'errors.js'),
    'utf8'
  );
  const messages = namesIn(errors, /\$\{PREFIX\}([^`$]+)/g);
  assert.ok(messages.size > 5);
  for (const message of messages) {
    assert.ok(text.includes(`Invalid WebSocket frame: ${message}`), message);
  }
});

it('what the inspector shows for them', () => {
  const cells = page('docs/troubleshooting.md')
    .split('\n')
    .filter((line) => /^\| .*\| 10\d\d +\|/.test(line))
    .flatMap((line) => code(line.split('|').at(-2)));
  assert.ok(cells.length > 10);
  const kebab = (name) =>
    name.replace(/(?<=[a-z\d])([A-Z])/g, '-$1').toLowerCase();
  const rust = ['codec/src/walk/rule.rs', 'capture/src/lint/rule.rs']
    .map((name) => readFileSync(path.join(ROOT, 'crates', name), 'utf8'))
    .join('\n');
  const rules = new Set([...namesIn(rust, /\b([A-Z]\w+)\b/g)].map(kebab));
  for (const cell of cells) assert.ok(rules.has(cell), cell);
});

it('options of the command', async () => {
  const text = page('docs/api/command.md');
  for (const command of ['doctor', 'bench', 'proxy', 'inspect', 'frames']) {
    const { stdout } = await run([command, '--help']);
    const options = namesIn(stdout, /(--[a-z-]+)/g);
    assert.ok(options.size > 1);
    for (const option of options) {
      assert.ok(text.includes(option), `${command} ${option}`);
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

it('names no variable that is gone', () => {
  const named = namesIn(all, /\b(FRAMEWRIGHT_[A-Z_]+)=/g);
  const used = namesIn(sources, /env\.(FRAMEWRIGHT_[A-Z_]+)/g);
  for (const name of named) assert.ok(used.has(name), name);
});
