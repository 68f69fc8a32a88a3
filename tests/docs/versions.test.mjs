// One version for all that is released together, wherever it stands.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'node:test';

import { changelogProblem } from '../../scripts/lib/changelog.mjs';

const NPM = new URL('../../npm/', import.meta.url);

it('npm packages and crates', () => {
  const manifests = readdirSync(NPM).map((name) =>
    JSON.parse(readFileSync(new URL(`${name}/package.json`, NPM)))
  );
  const { version } = manifests.find(({ name }) => name === 'framewright');
  for (const manifest of manifests) {
    assert.equal(manifest.version, version, manifest.name);
    for (const [name, range] of Object.entries({
      ...manifest.dependencies,
      ...manifest.optionalDependencies
    })) {
      if (name.startsWith('@framewright/')) assert.equal(range, version, name);
    }
  }

  const cargo = readFileSync(new URL('../Cargo.toml', NPM), 'utf8');
  const found = [...cargo.matchAll(/version = "(\d+\.\d+\.\d+)"/g)];
  assert.equal(found.length, 3);
  for (const match of found) assert.equal(match[1], version);
});

it('the changelog', () => {
  const { version } = JSON.parse(
    readFileSync(new URL('framewright/package.json', NPM))
  );
  const text = readFileSync(new URL('../CHANGELOG.md', NPM), 'utf8');
  assert.equal(changelogProblem(text, version), '');
});

it('what would be wrong with it', () => {
  const problem = (headings, version, isReleased) =>
    changelogProblem(
      headings.map((heading) => `## ${heading}\n\n- x\n`).join('\n'),
      version,
      { isReleased }
    );
  const next = '[Unreleased]';
  const old = ['[0.9.0] - 2026-11-02', '[0.8.1] - 2026-10-01'];
  const ten = '[0.10.0] - 2026-12-01';
  assert.equal(problem([next, ...old], '0.9.0', true), '');
  assert.equal(problem([next, ten, ...old], '0.10.0', true), '');
  // The version is set, and its changes are to be moved.
  assert.equal(problem([next, ...old], '0.10.0'), '');
  assert.equal(problem([next], '0.1.0'), '');

  assert.match(problem([next, ...old], '0.10.0', true), /^it has no 0\.10\.0/);
  assert.match(problem(old, '0.9.0'), /^its first heading is not Unreleased/);
  assert.match(problem([], '0.9.0'), /^its first heading is not Unreleased/);
  assert.match(
    problem([next, ten, ...old], '0.9.0'),
    /^it has 0\.10\.0, but the packages are 0\.9\.0/
  );
  assert.match(
    problem([next, ...old, ten], '0.10.0'),
    /^0\.8\.1 comes before 0\.10\.0/
  );
  assert.match(problem([next, '[0.9.0]'], '0.9.0'), /^0\.9\.0 has no date/);
});
