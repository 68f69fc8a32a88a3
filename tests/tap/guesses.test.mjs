// Who guesses the token is slowed down; who has it is never locked out.

import assert from 'node:assert/strict';
import http from 'node:http';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { it } from 'node:test';

import { TOKEN, cookieOf, listen, request } from './support/watch.mjs';

const require = createRequire(import.meta.url);
const inspect = require('framewright/inspect');

const LIMIT = { timeout: 60_000 };
const FOLDER = '../../npm/framewright/lib/tap/http';
const MODULES = ['guesses', 'access', 'handler'];

/** The modules as they are loaded where time is a number. */
function load() {
  const clock = { time: 0, timers: [] };
  const { setTimeout } = globalThis;
  const { now } = performance;
  const files = MODULES.map((name) => require.resolve(`${FOLDER}/${name}.js`));
  const before = files.map((file) => require.cache[file]);

  clock.pass = (ms) => {
    clock.time += ms;
    const due = clock.timers.filter(({ at }) => at <= clock.time);
    clock.timers = clock.timers.filter(({ at }) => at > clock.time);
    for (const { callback } of due) callback();
    return due.length;
  };
  globalThis.setTimeout = (callback, delay) => {
    clock.timers.push({ at: clock.time + delay, callback });
    return { unref() {} };
  };
  performance.now = () => clock.time;
  for (const file of files) delete require.cache[file];
  try {
    const [Guesses, Access, Handler] = files.map((file) => require(file));
    return { Access, Guesses, Handler, clock };
  } finally {
    globalThis.setTimeout = setTimeout;
    performance.now = now;
    files.forEach((file, index) => (require.cache[file] = before[index]));
  }
}

const asking = (destroyed = false) => ({ socket: { destroyed } });

/** How long the next token has to wait. */
function delayOf(guesses, clock) {
  if (guesses.turn(asking(), 'here') === undefined) return 0;
  const [{ at, callback }] = clock.timers.splice(-1);
  callback();
  return at - clock.time;
}

it('lets some wrong tokens pass, then each waits longer', () => {
  const { Guesses, clock } = load();
  const guesses = new Guesses();
  const delays = [];
  for (let i = 0; i < 16; i++) {
    delays.push(delayOf(guesses, clock));
    guesses.wrong();
  }
  assert.deepEqual(
    delays,
    [0, 0, 0, 0, 0, 0, 0, 0, 100, 200, 400, 800, 1600, 2000, 2000, 2000]
  );
});

it('forgives in time, however many were wrong', () => {
  const { Guesses, clock } = load();
  const guesses = new Guesses();
  for (let i = 0; i < 100_000; i++) guesses.wrong();
  assert.equal(delayOf(guesses, clock), 2000);
  clock.pass(40_000);
  assert.equal(delayOf(guesses, clock), 2000, '20 are left');
  clock.pass(12_000);
  assert.equal(delayOf(guesses, clock), 100, '8 are left');
  clock.pass(1000);
  assert.equal(delayOf(guesses, clock), 0);
  clock.pass(1_000_000);
  for (let i = 0; i < 8; i++) guesses.wrong();
  assert.equal(delayOf(guesses, clock), 100, 'patience is not saved up');
});

it('lets only so many wait, and fewer from one place', async () => {
  const { Guesses, clock } = load();
  const guesses = new Guesses();
  for (let i = 0; i < 20; i++) guesses.wrong();
  const turns = [];
  const ask = (place) => turns.push(guesses.turn(asking(), place));
  const tooMany = {
    name: 'Refusal',
    status: 429,
    headers: { 'Retry-After': 2 }
  };
  for (let round = 0; round < 3; round++) {
    for (const place of ['a', 'b', 'c', 'd']) {
      for (let i = 0; i < 16; i++) ask(place);
      assert.throws(() => ask(place), tooMany);
    }
    assert.throws(() => ask('e'), tooMany);
    assert.equal(clock.pass(2000), 64);
    await Promise.all(turns.splice(0));
  }
});

it('tells nothing to who has hung up, whose place stays taken', async () => {
  const { Guesses, clock } = load();
  const guesses = new Guesses();
  for (let i = 0; i < 20; i++) guesses.wrong();
  const turns = [];
  for (let i = 0; i < 16; i++) turns.push(guesses.turn(asking(true), 'a'));
  assert.throws(() => guesses.turn(asking(), 'a'), { status: 429 });
  const settled = Promise.allSettled(turns);
  clock.pass(2000);
  for (const { status } of await settled) assert.equal(status, 'rejected');
});

/** The inspector on a server, where time passes as the test says. */
async function serve(t, options) {
  const { Access, Handler, clock } = load();
  const access = new Access(options);
  const page = {
    read: () => ({ body: 'the page', headers: {} })
  };
  const resources = { stream: (req, res) => res.end('the stream') };
  const handler = new Handler({ access, page, resources, show: '' });
  const server = http.createServer((req, res) =>
    handler.handle(req, res, new URL(req.url, 'http://a').pathname.slice(1))
  );
  const base = `http://127.0.0.1:${await listen(t, server)}/`;
  const until = async (condition) => {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  };
  return { address: access.addressOf(base), base, clock, until };
}

const WRONG = 'a'.repeat(32);

/** All the ways to bring a token. */
const guess = {
  'in the address': (base) => request(`${base}?token=${WRONG}`),
  'in the address of the page': (base) =>
    request(`${base}index.html?token=${WRONG}`),
  'as bearer': (base) =>
    request(`${base}stream`, { headers: { authorization: `Bearer ${WRONG}` } }),
  'in the cookie': (base) =>
    request(`${base}stream`, {
      headers: { cookie: `framewright-${new URL(base).port}=${WRONG}` }
    })
};

for (const [way, ask] of Object.entries(guess)) {
  it(`slows down who guesses ${way}`, LIMIT, async (t) => {
    const { base, clock, until } = await serve(t, { token: TOKEN });
    const statuses = [];
    const guesses = Array.from({ length: 100 }, async () => {
      const { headers, status } = await ask(base);
      if (status === 429) assert.match(headers['retry-after'], /^[12]$/);
      statuses.push(status);
    });
    await until(() => statuses.length === 84 && clock.timers.length === 16);
    const count = (status) => statuses.filter((each) => each === status).length;
    assert.deepEqual([count(401), count(429)], [8, 76]);
    clock.pass(2000);
    await Promise.all(guesses);
    assert.deepEqual([count(401), count(429)], [24, 76]);
  });
}

it('lets in who has the page open while others guess', LIMIT, async (t) => {
  const { address, base, clock, until } = await serve(t, { token: TOKEN });
  const cookie = await cookieOf(address);
  const guesses = Array.from({ length: 30 }, () => guess['as bearer'](base));
  await until(() => clock.timers.length === 16);
  for (const path of ['index.html', 'stream']) {
    const { status } = await request(base + path, { headers: { cookie } });
    assert.equal(status, 200, path);
  }
  assert.equal((await request(base)).status, 401, 'no token is no guess');
  assert.equal(clock.timers.length, 16, 'and the others still wait');
  clock.pass(2000);
  await Promise.all(guesses);
});

it('lets in who has a random token while others guess', LIMIT, async (t) => {
  const { address, base, clock, until } = await serve(t, {});
  const guesses = Array.from({ length: 30 }, () => guess['as bearer'](base));
  await until(() => clock.timers.length === 16);
  assert.equal((await request(address)).status, 302);
  assert.equal(clock.timers.length, 16);
  clock.pass(2000);
  await Promise.all(guesses);
});

it(
  'makes holders of a chosen token wait like everybody else',
  LIMIT,
  async (t) => {
    const { address, base, clock, until } = await serve(t, { token: TOKEN });
    for (let i = 0; i < 8; i++) await guess['as bearer'](base);
    const order = [];
    const ask = async (name, url) => {
      const { status } = await request(url);
      order.push(name);
      return status;
    };
    const wrong = ask('wrong', `${base}?token=${WRONG}`);
    await until(() => clock.timers.length === 1);
    const right = ask('right', address);
    await until(() => clock.timers.length === 2);
    assert.deepEqual(
      order,
      [],
      'or hanging up early would tell which is which'
    );
    clock.pass(100);
    assert.deepEqual([await wrong, await right], [401, 302]);
  }
);

it('keeps apart who asks here and what is passed on', LIMIT, async (t) => {
  const hosts = ['dev.example'];
  const { address, clock, until } = await serve(t, { hosts, token: TOKEN });
  const ask = (headers, url = address.slice(0, -1)) =>
    request(url, { headers });
  const passedOn = { 'x-forwarded-for': '203.0.113.7' };
  const guesses = Array.from({ length: 40 }, () => ask(passedOn));
  await until(() => clock.timers.length === 16);
  const right = ask({}, address);
  await until(() => clock.timers.length === 17);
  clock.pass(2000);
  assert.equal((await right).status, 302);
  await Promise.all(guesses);
});

it(
  "goes by the real time where an app's tests have replaced it",
  LIMIT,
  async (t) => {
    const server = http.createServer();
    inspect(server, { token: TOKEN });
    const base = `http://127.0.0.1:${await listen(t, server)}/__frames/`;
    t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
    for (let i = 0; i < 10; i++) {
      assert.equal((await guess['as bearer'](base)).status, 401);
    }
    assert.equal((await request(`${base}?token=${TOKEN}`)).status, 302);
  }
);
