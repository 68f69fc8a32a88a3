// What an application calls its connections, as those who watch are told.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import { it } from 'node:test';

import { RecordType } from '../../npm/inspector/src/live/decoder.js';
import { loadAccelerated, loadCopy } from '../lib/ws-copies.mjs';
import { RawClient, TOKEN, Watch, listen } from './support/watch.mjs';

const require = createRequire(import.meta.url);
const inspect = require('framewright/inspect');

const LIMIT = { timeout: 60_000 };

/** A server that inspects with `nameOf`, and its port and page. */
async function serve(t, { WebSocketServer }, nameOf, onConnection = () => {}) {
  const server = http.createServer();
  const inspection = inspect(server, { token: TOKEN, nameOf });
  new WebSocketServer({ server }).on('connection', onConnection);
  const port = await listen(t, server);
  return { port, url: inspection.url };
}

async function watch(t, url) {
  const watching = await Watch.open(url);
  t.after(() => watching.close());
  return watching;
}

/** The name of the connection that asked for `path`, once it is told. */
async function nameOn(watching, path) {
  const find = () => {
    const open = watching.opened(path);
    return watching
      .all(RecordType.NAME)
      .findLast(({ conn }) => conn === open?.conn);
  };
  await watching.until(find);
  return find().name;
}

for (const [what, load] of Object.entries({
  'stock ws': () => loadCopy('8.23'),
  'accelerated ws': () => loadAccelerated('8.23'),
  'stock ws 8.5': () => loadCopy('8.5')
})) {
  it(`is told of ${what}, after the app's handler had it`, LIMIT, async (t) => {
    const { port, url } = await serve(
      t,
      load(),
      (ws, request) => `${ws.user} at ${request.url}`,
      (ws) => (ws.user = 'Ada')
    );
    const before = await watch(t, url);
    await RawClient.open(port, '/chat');
    assert.equal(await nameOn(before, '/chat'), 'Ada at /chat');
    // To who comes later as well.
    const after = await watch(t, url);
    assert.equal(await nameOn(after, '/chat'), 'Ada at /chat');
  });
}

it('may take its time', LIMIT, async (t) => {
  const { port, url } = await serve(t, loadCopy('8.23'), async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return 'Grace';
  });
  const watching = await watch(t, url);
  await RawClient.open(port, '/slow');
  assert.equal(await nameOn(watching, '/slow'), 'Grace');
});

it('is told of connections that were open before', LIMIT, async (t) => {
  const { WebSocketServer } = loadCopy('8.23');
  const wss = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const port = await listen(t, wss._server);
  const opened = once(wss, 'connection');
  await RawClient.open(port, '/');
  await opened;
  const nameOf = (ws, request) => `${ws.readyState} ${request}`;
  const { url } = inspect(wss, { token: TOKEN, nameOf });
  const watching = await watch(t, url);
  await watching.until(() => watching.all(RecordType.NAME).length > 0);
  assert.equal(watching.all(RecordType.NAME)[0].name, '1 undefined');
});

it('is warned of where the function fails, once each', LIMIT, async (t) => {
  const { port } = await serve(t, loadCopy('8.23'), () => {
    throw new Error('no such user');
  });
  const warned = once(process, 'warning');
  await RawClient.open(port, '/');
  const [{ message }] = await warned;
  assert.match(message, /^inspect\(\): nameOf\(\) failed: Error: no such user/);
});

it('must come from a function', () => {
  assert.throws(
    () => inspect(http.createServer(), { nameOf: 'Ada' }),
    /^TypeError: options\.nameOf must be a function$/
  );
});
