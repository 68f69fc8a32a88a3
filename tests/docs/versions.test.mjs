// One version for all that is released together, wherever it stands.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'node:test';

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
  assert.equal(found.length, 4);
  for (const match of found) assert.equal(match[1], version);
});
