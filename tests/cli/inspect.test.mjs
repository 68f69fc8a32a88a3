// `framewright inspect`: the inspector with a capture opened.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { gzipSync } from 'node:zlib';

import { cookieOf, request } from '../tap/support/watch.mjs';
import { Command, run } from './command.mjs';

const LIMIT = { timeout: 60_000 };

function directory(t) {
  const directory = mkdtempSync(path.join(tmpdir(), 'framewright-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

async function show(t, file, ...options) {
  const command = new Command(['inspect', file, ...options]);
  t.after(() => command.interrupt());
  const [, address] = await command.prints(
    /is shown at (http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32})$/m
  );
  return { address, base: new URL('/', address).href };
}

it('serves the page and the capture, and nothing else', LIMIT, async (t) => {
  const capture = Buffer.alloc(100_000, 'capture');
  const file = path.join(directory(t), 'a b#c?ü.pcapng');
  writeFileSync(file, capture);
  const { address, base } = await show(t, file);

  const { headers, status } = await request(address);
  assert.equal(status, 302);
  const location = new URL(headers.location, base);
  assert.equal(location.pathname, '/index.html');
  const src = new URLSearchParams(location.hash.slice(1)).get('src');
  const url = new URL(src, location).href;

  assert.equal((await request(url)).status, 401, 'not without the cookie');
  const cookie = await cookieOf(address);
  const answer = await request(url, { headers: { cookie } });
  assert.equal(answer.status, 200);
  assert.equal(answer.body, capture.toString());
  assert.equal(answer.headers['content-length'], '100000');

  assert.equal((await request(base)).status, 401, 'not without the token');
  const page = await request(`${base}index.html`, { headers: { cookie } });
  assert.equal(page.status, 200);
  for (const path of ['stream', 'capture/', 'capture/other', 'package.json']) {
    const { status } = await request(base + path, { headers: { cookie } });
    assert.equal(status, 404, path);
  }
  const foreign = { cookie, host: 'evil.example' };
  assert.equal((await request(url, { headers: foreign })).status, 403);
});

it('serves the logs of keys as one, to who has the token', LIMIT, async (t) => {
  const folder = directory(t);
  const [file, ...logs] = ['a.pcapng', 'one.log', 'two.log'].map((name) =>
    path.join(folder, name)
  );
  writeFileSync(file, 'capture');
  writeFileSync(logs[0], 'CLIENT_RANDOM 00 01');
  writeFileSync(logs[1], '# none yet');
  const options = logs.flatMap((log) => ['--keys', log]);
  const { address, base } = await show(t, file, ...options);

  const { headers } = await request(address);
  const location = new URL(headers.location, base);
  const wanted = new URLSearchParams(location.hash.slice(1));
  assert.equal(wanted.get('src'), 'capture/a.pcapng');
  const url = new URL(wanted.get('keys'), location).href;
  assert.equal((await request(url)).status, 401, 'not without the cookie');
  const cookie = await cookieOf(address);
  const { body, status } = await request(url, { headers: { cookie } });
  assert.equal(status, 200);
  assert.equal(body, 'CLIENT_RANDOM 00 01\n# none yet\n');
});

it('serves no keys where none are given', LIMIT, async (t) => {
  const file = path.join(directory(t), 'a.pcapng');
  writeFileSync(file, 'capture');
  const { address, base } = await show(t, file);
  assert.doesNotMatch((await request(address)).headers.location, /keys/);
  const headers = { cookie: await cookieOf(address) };
  assert.equal((await request(`${base}keys`, { headers })).status, 404);
});

it('serves an empty capture', LIMIT, async (t) => {
  const file = path.join(directory(t), 'empty');
  writeFileSync(file, '');
  const { address, base } = await show(t, file);
  const headers = { cookie: await cookieOf(address) };
  const { body, status } = await request(`${base}capture/empty`, { headers });
  assert.equal(status, 200);
  assert.equal(body, '');
});

it('rejects files that are no captures', LIMIT, async (t) => {
  const folder = directory(t);
  const json = 'it is JSON, but neither a HAR nor a NetLog';
  for (const [name, content, problem] of [
    ['package.json', '{ "name": "app", "scripts": {} }', json],
    ['indented.json', '\n  {\n  "a": 1\n}\n', json]
  ]) {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    const { code, stderr, stdout } = await run(['inspect', file]);
    assert.equal(code, 1, name);
    assert.equal(
      stderr,
      `framewright: ${file} isn't a capture: ${problem}\n`,
      name
    );
    assert.equal(stdout, '');
  }
});

it('takes what may be one', LIMIT, async (t) => {
  const folder = directory(t);
  for (const [name, content] of [
    ['a.har', '{ "log": { "entries": [] } }'],
    ['a.har.gz', gzipSync('{ "log": {} }')],
    ['a.zip', 'PK\x03\x04'],
    ['netlog.json', '{ "constants": { "logEventTypes": {} }, "events": [] }'],
    ['message.json', '{ "type": "send", "opcode": 1, "data": "x" }'],
    ['cut.har', '{ "log": { "entries": ['],
    ['hex', '81 05 48 65 6c 6c 6f']
  ]) {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    await show(t, file);
  }
});

it('says what it can not read', LIMIT, async (t) => {
  const missing = await run([
    'inspect',
    path.join(directory(t), 'missing.har')
  ]);
  assert.equal(missing.code, 1);
  assert.match(
    missing.stderr,
    /^framewright: can't read .*missing\.har: ENOENT/
  );
  const folder = await run(['inspect', directory(t)]);
  assert.equal(folder.code, 1);
  assert.match(folder.stderr, /not a file/);
  const keys = await run(['inspect', import.meta.filename, '--keys', 'none']);
  assert.equal(keys.code, 1);
  assert.match(keys.stderr, /^framewright: can't read none: ENOENT/);
  const none = await run(['inspect']);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /missing required argument 'file'/);
});
