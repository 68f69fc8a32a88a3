// The frameworks that people use ws by, with framewright as it is packed. FRAMEWRIGHT_WRITE=1 writes the table in
// docs/compatibility.md by what came of it.

import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import { writeTable } from '../../../scripts/lib/tables.mjs';
import { FRAMEWORKS } from '../frameworks/list.mjs';
import { clean, install, talk, versionOf } from '../frameworks/run.mjs';
import { serveRegistry } from '../registry.mjs';

const LIMIT = { timeout: 900_000 };
const rows = [];

before(async () => {
  let stop;
  const registry = await serveRegistry({ after: (end) => (stop = end) });
  await install(registry);
  stop();
}, LIMIT);

for (const [app, { answer, isLeft = false, name }] of Object.entries(
  FRAMEWORKS
)) {
  it(app, LIMIT, async () => {
    const { answer: answered, status } = await talk(app);
    assert.equal(answered, answer ?? 'hello');
    assert.equal(status.backend, 'native', status.reason);
    const left = status.copies.filter(({ accelerated }) => !accelerated);
    assert.equal(left.length, isLeft ? 1 : 0, JSON.stringify(left));
    assert.ok(status.counters.messages > 0);
    rows.push([app, name, status.copies, isLeft]);
  });
}

after(() => {
  clean();
  const isWhole = rows.length === Object.keys(FRAMEWORKS).length;
  if (!process.env.FRAMEWRIGHT_WRITE || !isWhole) return;
  writeTable('docs/compatibility.md', 'frameworks', [
    ['package', 'version', 'its ws', 'runs on the codec'],
    ...rows
      .map(([, name, copies, isLeft]) => [
        `\`${name}\``,
        versionOf(name),
        wsOf(copies, isLeft),
        isLeft ? 'no: it is left as it is' : 'yes'
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1))
  ]);
});

/** The versions of ws in an app, the framework's own first. */
function wsOf(copies, isLeft) {
  if (isLeft) return copies.find(({ accelerated }) => !accelerated).version;
  if (copies.some(({ path }) => path === null)) {
    return 'in a bundle, found at its first connection';
  }
  return [...new Set(copies.map(({ version }) => version))].join(', ');
}
