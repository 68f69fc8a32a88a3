// Every link of the documentation into the repository leads to something that is there.

import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';

import { anchors, links, page, pages, ROOT } from './support/markdown.mjs';

/** What pages that are read elsewhere, such as npm's, link to. */
const REPOSITORY =
  /^https:\/\/github\.com\/framewright\/framewright\/(?:blob|tree)\/main\//;

describe('links', () => {
  const names = pages();

  it('has every kind of page', () => {
    for (const name of [
      'README.md',
      'docs/README.md',
      'docs/migrating/ws.md',
      'npm/wasm/README.md',
      'crates/codec/README.md'
    ]) {
      assert.ok(names.includes(name), name);
    }
  });

  for (const name of names) {
    it(name, () => {
      for (const target of links(page(name))) {
        if (REPOSITORY.test(target)) {
          assertLeads(target.replace(REPOSITORY, ''), '');
        } else if (!/^[a-z]+:/.test(target)) {
          assertLeads(target, name);
        }
      }
    });
  }
});

function assertLeads(target, from) {
  const [file, anchor] = decodeURI(target).split('#');
  assert.ok(!file.startsWith('/'), `${target} leads out of the repository`);
  const to = file ? path.posix.join(path.dirname(from), file) : from;
  assert.ok(!to.startsWith('..'), `${target} leads out of the repository`);
  const full = path.join(ROOT, to);
  assert.ok(existsSync(full), `${target}: no such file`);
  if (to.endsWith('/')) {
    assert.ok(statSync(full).isDirectory(), `${target}: not a folder`);
  }
  if (anchor === undefined) return;
  assert.ok(anchors(page(to)).has(anchor), `${target}: no such heading`);
}

describe('what the links are found by', () => {
  it('finds links and images, but not in code', () => {
    const text =
      'a [b](c.md) ![d](e.png) `[f](g)`\n```js\nh[i](j)\n```\n[`k`](l#m)';
    assert.deepEqual(links(text), ['c.md', 'e.png', 'l#m']);
  });

  it('makes the anchors that GitHub makes', () => {
    const text =
      '# `framewright/koa`\n## Rules, and why\n### A call\n### A call\n' +
      '```sh\n# none\n```\n';
    assert.deepEqual(
      [...anchors(text)],
      ['framewrightkoa', 'rules-and-why', 'a-call', 'a-call-1']
    );
  });

  it('refuses what is not there', () => {
    for (const target of [
      'docs/nothing.md',
      'docs/README.md#nothing',
      'README.md/',
      '../README.md',
      '/README.md',
      '#nothing'
    ]) {
      assert.throws(() => assertLeads(target, 'README.md'), target);
    }
  });
});
