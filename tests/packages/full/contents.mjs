// What is in the packages, and whether the registries would take them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync
} from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';

import { hostPlatform } from '../../../scripts/lib/platforms.mjs';
import { Project, TOOLS } from '../project.mjs';
import { packed, ROOT, serveRegistry } from '../registry.mjs';

const LIMIT = { timeout: 900_000 };
const MAX_INSTALLED_LEN = 3_000_000;
const MAX_GLIBC = [2, 28];
const PUBLINT = path.join(TOOLS, 'publint', 'src', 'cli.js');
const ATTW = path.join(TOOLS, '@arethetypeswrong', 'cli', 'dist', 'index.js');

const built = [...packed()].filter(([, { tarball }]) => tarball !== null);

for (const [name, { tarball }] of built) {
  it(name, LIMIT, async (t) => {
    await t.test('has a licence and a README', () => {
      const files = run('tar', ['-tzf', tarball]).trim().split('\n');
      for (const file of ['LICENSE', 'README.md', 'package.json']) {
        assert.ok(files.includes(`package/${file}`), file);
      }
      // Only this one has nothing in it of others.
      assert.equal(
        files.some((file) => file.endsWith('/THIRD-PARTY-NOTICES.txt')),
        name !== 'framewright'
      );
      assert.ok(!files.some((file) => /node_modules|\.test\./.test(file)));
    });

    await t.test('publint has nothing to say', () => {
      const output = run(process.execPath, [PUBLINT, tarball, '--strict']);
      assert.match(output, /All good!/);
    });

    await t.test('its types are right', () => {
      // The inspector is for browsers, which have no other modules.
      const isEsm = name === '@framewright/inspector';
      const profile = isEsm ? ['--profile', 'esm-only'] : [];
      run(process.execPath, [ATTW, tarball, '--no-emoji', ...profile]);
    });

    await t.test('npm would publish it', () => {
      run('npm', ['publish', '--dry-run', '--access=public', tarball]);
    });

    if (name.includes('-gnu')) {
      await t.test(`needs no glibc after ${MAX_GLIBC.join('.')}`, () => {
        const folder = path.join(ROOT, 'dist', 'staged', path.basename(name));
        const [file] = readdirSync(folder).filter((n) => n.endsWith('.node'));
        const addon = readFileSync(path.join(folder, file), 'latin1');
        const versions = [...addon.matchAll(/GLIBC_(\d+)\.(\d+)/g)];
        assert.ok(versions.length > 0);
        for (const [text, major, minor] of versions) {
          const isOld =
            Number(major) === MAX_GLIBC[0] && Number(minor) <= MAX_GLIBC[1];
          assert.ok(isOld, text);
        }
      });
    }
  });
}

it('cargo would publish the crates', LIMIT, (t) => {
  // A folder of its own: cargo keeps unpacked crates by folder and version, and would take those of the last run.
  const targets = mkdtempSync(path.join(ROOT, 'target', 'package-'));
  t.after(() => rmSync(targets, { recursive: true }));
  run('cargo', [
    ...['--config', `build.target-dir="${targets.replaceAll('\\', '/')}"`],
    ...['package', '--locked', '--allow-dirty', '--quiet'],
    ...['-p', 'framewright-codec', '-p', 'framewright-capture']
  ]);
});

it('all that framewright installs is within 3 MB', LIMIT, async (t) => {
  const project = new Project(t, await serveRegistry(t));
  await project.install({ packages: ['framewright'] });
  const installed = path.join(project.folder, 'node_modules');
  const lens = new Map();
  for (const name of readdirSync(installed, { recursive: true })) {
    const stats = lstatSync(path.join(installed, name));
    if (!stats.isFile()) continue;
    const owner = /^(?:@[^/\\]+[/\\])?[^/\\]+/.exec(name)[0];
    lens.set(owner, (lens.get(owner) ?? 0) + stats.size);
  }
  const total = [...lens.values()].reduce((sum, len) => sum + len, 0);
  for (const [name, len] of lens) t.diagnostic(`${len} bytes: ${name}`);
  t.diagnostic(`${total} bytes in all`);
  assert.ok(lens.has(path.join('@framewright', hostPlatform().name)));
  assert.ok(total <= MAX_INSTALLED_LEN, `${total} bytes`);
});

function run(command, args) {
  return execFileSync(command, args, { cwd: ROOT, encoding: 'utf8' });
}
