// `framewright proxy --allow-send`: messages by hand, and messages that wait for a hand.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { it } from 'node:test';

import { generate } from 'selfsigned';
import WebSocket, { WebSocketServer } from 'ws';

import { RecordType } from '../../../npm/inspector/src/live/decoder.js';
import { readMessages } from '../../tap/support/late-reading.mjs';
import { Watch, cookieOf, listen } from '../../tap/support/watch.mjs';
import { HOST, LIMIT, start } from './setup.mjs';

const KINDS = {
  plain: {},
  'over TLS': { isTls: true },
  compressed: { perMessageDeflate: { threshold: 0 } },
  'compressed over TLS': { isTls: true, perMessageDeflate: { threshold: 0 } },
  'compressed, without takeover': {
    perMessageDeflate: {
      threshold: 0,
      clientNoContextTakeover: true,
      serverNoContextTakeover: true
    }
  },
  'compressed, with a short window': {
    perMessageDeflate: {
      threshold: 0,
      clientMaxWindowBits: 9,
      serverMaxWindowBits: 10
    }
  }
};

/** A server that answers with what it got, a proxy, a client and a page. */
class Scene {
  static async open(t, { isTls = false, perMessageDeflate = false }) {
    const server = isTls
      ? https.createServer(await certificate())
      : http.createServer();
    const wss = new WebSocketServer({ server, perMessageDeflate });
    const scene = new Scene();
    scene.got = [];
    wss.on('connection', (ws) => {
      scene.ws = ws;
      ws.on('message', (data, isBinary) => {
        scene.got.push(isBinary ? data : String(data));
        ws.send(`${data}, you said`);
      });
    });
    const port = await listen(t, server);
    scene.proxy = await start(
      t,
      port,
      ['--allow-send', ...(isTls ? ['--insecure'] : [])],
      isTls ? `wss://${HOST}:${port}` : `ws://${HOST}:${port}`
    );
    scene.base = scene.proxy.base;
    scene.watch = await Watch.open(scene.base);
    t.after(() => scene.watch.close());
    scene.cookie = await cookieOf(scene.base);
    await scene.#listen(t);
    const client = new WebSocket(`ws://${HOST}:${scene.proxy.port}/`, {
      perMessageDeflate: perMessageDeflate !== false
    });
    t.after(() => client.terminate());
    scene.client = client;
    scene.answers = [];
    client.on('message', (data) => scene.answers.push(String(data)));
    await once(client, 'open');
    await scene.watch.until(() => scene.watch.all(RecordType.OPEN).length > 0);
    return scene;
  }

  /** What the page is told of what is held. */
  async #listen(t) {
    const { base, cookie } = this;
    const url = new URL('control', base);
    const request = http.get(url, { headers: { cookie } });
    const [response] = await once(request, 'response');
    t.after(() => request.destroy());
    response.on('error', () => {});
    let text = '';
    response.on('data', (bytes) => {
      text += bytes;
      const lines = text.split('\n');
      text = lines.pop();
      for (const line of lines) if (line !== '') this.state = JSON.parse(line);
    });
    await this.until(() => this.state);
  }

  async act(action, headers = {}) {
    const { base, cookie } = this;
    const response = await fetch(new URL('control', base), {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, ...headers },
      body: JSON.stringify(action)
    });
    return response.status;
  }

  send(isOut, data) {
    return this.act({ do: 'send', conn: 1, isOut, isText: true, data });
  }

  async until(condition) {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** The only message that is held. */
  async held() {
    await this.until(() => this.state.held.length > 0);
    const [held] = this.state.held;
    return { ...held, text: Buffer.from(held.data, 'base64').toString() };
  }

  shown(isOut) {
    const { records } = this.watch;
    return readMessages(knowAll(records), 1, isOut).map(({ text }) =>
      String(text)
    );
  }

  marks() {
    return this.watch
      .all(RecordType.MARK)
      .map(({ isOut, how }) => [isOut ? 'out' : 'in', how]);
  }
}

/** The connection was seen from its start, so nothing was compressed before. */
function knowAll(records) {
  const window = (isOut) => ({
    ...{ type: RecordType.WINDOW, conn: 1, isOut, after: 0 },
    text: Buffer.alloc(0)
  });
  return [window(false), window(true), ...records];
}

async function certificate() {
  const { cert, private: key } = await generate([
    { name: 'commonName', value: 'localhost' }
  ]);
  return { cert, key };
}

const sayings = (count) =>
  Array.from({ length: count }, (_, i) => `a bid of ${i} on the chair of oak`);

for (const [name, kind] of Object.entries(KINDS)) {
  it(`sends to both sides (${name})`, LIMIT, async (t) => {
    const scene = await Scene.open(t, kind);
    const { answers, client, got } = scene;
    for (const text of sayings(3)) client.send(text);
    await scene.until(() => answers.length === 3);
    assert.equal(await scene.send(false, 'by hand'), 204);
    assert.equal(await scene.send(true, 'to the client'), 204);
    await scene.until(() => answers.length === 5);
    assert.ok(answers.includes('by hand, you said'));
    assert.ok(answers.includes('to the client'));
    for (const text of sayings(3)) client.send(text);
    await scene.until(() => answers.length === 8);
    assert.deepEqual(got, [...sayings(3), 'by hand', ...sayings(3)]);
    await scene.until(() => scene.shown(true).length === 8);
    assert.deepEqual(scene.shown(false), got);
    assert.deepEqual(scene.shown(true), answers);
    assert.deepEqual(scene.marks().sort(), [
      ['in', 2],
      ['out', 2]
    ]);
    assert.equal(scene.state.counts.sent, 2);
  });

  it(`holds, changes, drops and passes on (${name})`, LIMIT, async (t) => {
    const scene = await Scene.open(t, kind);
    const { answers, client, got } = scene;
    for (const text of sayings(3)) client.send(text);
    await scene.until(() => answers.length === 3);
    assert.equal(await scene.act({ do: 'hold', query: '"bid of 1 "' }), 204);
    const release = async (how, data) => {
      const { id } = await scene.held();
      const action = { do: 'release', id, how, data, isText: true };
      assert.equal(await scene.act(action), 204);
      await scene.until(() => scene.state.held[0]?.id !== id);
    };
    for (const text of sayings(4)) client.send(text);
    const held = await scene.held();
    assert.equal(held.text, sayings(2)[1]);
    assert.equal(held.isOut, false);
    await scene.until(() => got.length === 4);
    // A ping doesn't wait for it.
    client.ping();
    await once(client, 'pong');
    assert.equal(got.length, 4);
    await release('change', 'a bid of 100 on the chair of oak');
    // Of the answers, none matches.
    await scene.until(() => answers.length === 7);
    assert.deepEqual(got.slice(3), [
      sayings(1)[0],
      'a bid of 100 on the chair of oak',
      ...sayings(4).slice(2)
    ]);
    // To the client as well; the rest of both directions stays readable.
    for (const text of sayings(3)) client.send(text);
    await release('drop');
    await scene.until(() => answers.length === 9);
    client.send('say: a bid of 1 please');
    await release('pass');
    await release('change', 'an answer by hand');
    await scene.until(() => answers.length === 10);
    assert.equal(answers.at(-1), 'an answer by hand');
    assert.equal(await scene.act({ do: 'hold', query: null }), 204);
    for (const text of sayings(5)) client.send(text);
    await scene.until(() => answers.length === 15);
    assert.deepEqual(got.slice(-5), sayings(5));
    assert.deepEqual(
      answers.slice(-5),
      sayings(5).map((text) => `${text}, you said`)
    );
    await scene.until(() => scene.shown(true).length === 15);
    assert.deepEqual(scene.shown(false), got);
    assert.deepEqual(scene.shown(true), answers);
    assert.deepEqual(scene.marks(), [
      ['in', 3],
      ['out', 3]
    ]);
    assert.deepEqual(scene.state.counts, {
      sent: 0,
      passed: 1,
      changed: 2,
      dropped: 1
    });
  });
}

it('lets nobody else send', LIMIT, async (t) => {
  const scene = await Scene.open(t, {});
  const send = { do: 'send', conn: 1, isOut: true, isText: true, data: 'no' };
  assert.equal(await scene.act(send, { cookie: '' }), 401);
  assert.equal(await scene.act(send, { origin: 'http://evil.test' }), 403);
  assert.equal(await scene.act(send, { 'content-type': 'text/plain' }), 415);
  assert.equal(await scene.act(send, { 'x-forwarded-for': '1.2.3.4' }), 403);
  assert.equal(await scene.act({ ...send, conn: 9 }), 409);
  assert.equal(await scene.act({ do: 'nothing' }), 400);
  assert.equal(await scene.act({ do: 'hold', query: 'size>>' }), 400);
  assert.equal(await scene.send(true, 'yes'), 204);
  await scene.until(() => scene.answers.length > 0);
  assert.deepEqual(scene.answers, ['yes']);
});
