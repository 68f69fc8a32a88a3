// What GitHub shows to those who report something.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { load } from 'js-yaml';

import { run } from '../cli/command.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = path.join(ROOT, '.github', 'ISSUE_TEMPLATE');
const TYPES = ['checkboxes', 'dropdown', 'input', 'markdown', 'textarea'];

const read = (name) => readFileSync(path.join(ROOT, name), 'utf8');
const forms = readdirSync(FOLDER)
  .filter((name) => name !== 'config.yml')
  .map((file) => ({ file, ...load(read(`.github/ISSUE_TEMPLATE/${file}`)) }));

it('issue forms have what GitHub asks of them', () => {
  assert.ok(forms.length >= 2);
  for (const { body, description, name } of forms) {
    assert.ok(description.length > 0, name);
    const fields = body.filter(({ type }) => type !== 'markdown');
    const ids = fields.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, name);
    for (const { attributes, id, type } of body) {
      assert.ok(TYPES.includes(type), name);
      if (type === 'markdown') assert.ok(attributes.value.length > 0, name);
      else assert.match(`${id}: ${attributes.label}`, /^[\w-]+: \S/, name);
    }
  }
});

it('a bug comes with what doctor says, which is JSON', async () => {
  const { body } = forms.find(({ file }) => file === 'bug.yml');
  const field = body.find(({ id }) => id === 'doctor');
  assert.equal(field.validations.required, true);
  assert.equal(field.attributes.render, 'json');
  const [, command] = /`npx framewright ([^`]+)`/.exec(field.attributes.label);
  const { stdout } = await run(command.split(' '));
  assert.ok(Object.keys(JSON.parse(stdout)).length > 0);
});

it('vulnerabilities have a way of their own, by one address', () => {
  const { contact_links: links } = load(
    read('.github/ISSUE_TEMPLATE/config.yml')
  );
  const { url } = links.find(({ name }) => name === 'Security');
  const { repository } = JSON.parse(read('npm/framewright/package.json'));
  const home = repository.url.replace(/^git\+(.*)\.git$/, '$1');
  assert.equal(url, `${home}/security/advisories/new`);
  assert.ok(read('CODE_OF_CONDUCT.md').includes(url));
  assert.match(read('SECURITY.md'), /security advisories/);
});

it('the pull request template names what is there', () => {
  const text = read('.github/PULL_REQUEST_TEMPLATE.md');
  const files = text.match(/[\w/]+\.md\b/g);
  assert.ok(files.length >= 3);
  for (const file of files) assert.ok(existsSync(path.join(ROOT, file)), file);
});
