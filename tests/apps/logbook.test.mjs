import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';

import WebSocket from 'ws';

import { assertAccelerated } from './support/app-process.mjs';
import { LOGBOOK, startExample } from './support/examples.mjs';

const ADA = { auth: 'ada:ada-ada' };
const GRACE = { auth: 'grace:grace-grace' };

describe('The logbook, by framewright/koa', { timeout: 60_000 }, () => {
  let app;
  let url;
  let logbook;
  before(async () => {
    ({ app, url } = await startExample(LOGBOOK));
    logbook = new URL('logbook', url.replace('http', 'ws'));
  });
  after(() => app.stop());

  it('lets nobody in without the password, page or handshake', async () => {
    const response = await fetch(url);
    assert.equal(response.status, 401);
    assert.match(response.headers.get('www-authenticate'), /^Basic realm=/);

    const bad = ['', 'ada', 'ada:', 'ada:grace-grace', '__proto__:x', ':'];
    for (const auth of [undefined, ...bad]) {
      assert.equal(await refusalOf({ auth }), 401, auth);
    }
  });

  it('refuses pages of other sites, even with the password', async () => {
    const origin = 'http://evil.example';
    assert.equal(await refusalOf({ ...ADA, origin }), 403);
    assert.equal(await refusalOf({ ...ADA, origin: 'null' }), 403);
  });

  it('asks for an upgrade where there is none', async () => {
    const authorization = `Basic ${btoa(ADA.auth)}`;
    const response = await fetch(new URL('logbook', url), {
      headers: { authorization }
    });
    assert.equal(response.status, 426);
    const page = await fetch(url, { headers: { authorization } });
    assert.equal(page.status, 200);
  });

  it('shows entries to all, with the name proved by signing in', async () => {
    const ada = new WebSocket(logbook, { ...ADA, origin: url });
    assert.deepEqual(await entries(ada), []);
    const grace = new WebSocket(logbook, GRACE);
    assert.deepEqual(await entries(grace), []);

    const lit = Promise.all([entries(ada), entries(grace)]);
    ada.send(' Lamp lit. ');
    for (const read of await lit) {
      assert.deepEqual(read, [['ada', 'Lamp lit.']]);
    }
    const passed = Promise.all([entries(ada), entries(grace)]);
    grace.send('Ship passed ✓');
    for (const read of await passed) {
      assert.deepEqual(read, [['grace', 'Ship passed ✓']]);
    }
    const late = new WebSocket(logbook, ADA);
    assert.equal((await entries(late)).length, 2);
    late.terminate();

    grace.send(Buffer.of(1));
    assert.equal((await once(grace, 'close'))[0], 1003);
    ada.send('x'.repeat(4097));
    assert.equal((await once(ada, 'close'))[0], 1009);
  });

  it('runs on the codec', () =>
    assertAccelerated(app, { messages: 3, frames: 4 }));

  async function refusalOf(options) {
    const socket = new WebSocket(logbook, options);
    socket.on('error', () => {});
    const [, response] = await once(socket, 'unexpected-response');
    socket.terminate();
    return response.statusCode;
  }
});

async function entries(socket) {
  const [data] = await once(socket, 'message');
  return JSON.parse(data).map(({ name, text }) => [name, text]);
}
