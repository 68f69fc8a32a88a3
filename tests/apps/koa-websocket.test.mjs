import assert from 'node:assert/strict';
import { once } from 'node:events';
import { before, describe, it } from 'node:test';

import { generate } from 'selfsigned';

import { assertAccelerated, MODES, withApp } from './support/app-process.mjs';
import { connect, converse, MESSAGES } from './support/conversation.mjs';

const TIMEOUT = { timeout: 60_000 };

for (const mode of MODES) {
  describe(`koa-websocket, ${mode.name}`, TIMEOUT, () => {
    for (const koa of ['koa', 'koa-2']) {
      for (const file of ['koa-websocket.cjs', 'koa-websocket.mjs']) {
        it(`talks: ${koa}, ${file}`, () =>
          withApp(file, { mode, env: { KOA: koa } }, async (app, port) => {
            await converse(app, `ws://127.0.0.1:${port}/echo`);
            await refusesElsewhere(`ws://127.0.0.1:${port}/elsewhere`);
            await expectCounted(app);
          }));
      }
    }

    it('talks compressed', () => {
      const env = { KOA: 'koa', DEFLATE: 'on' };
      return withApp('koa-websocket.cjs', { mode, env }, async (app, port) => {
        const url = `ws://127.0.0.1:${port}/echo`;
        const client = await connect(url);
        assert.equal(client.extensions, 'permessage-deflate');
        client.terminate();
        await app.said('closed');

        await converse(app, url, { perMessageDeflate: { threshold: 0 } });
        await expectCounted(app);
      });
    });
  });

  describe(`koa-websocket over TLS, ${mode.name}`, TIMEOUT, () => {
    let pems;
    before(async () => {
      pems = await generate([{ name: 'commonName', value: 'localhost' }], {
        algorithm: 'sha256',
        extensions: [
          {
            name: 'subjectAltName',
            altNames: [{ type: 2, value: 'localhost' }]
          }
        ]
      });
    });

    for (const file of ['koa-websocket.cjs', 'koa-websocket.mjs']) {
      it(`talks: ${file}`, () => {
        const { private: key, cert } = pems;
        const env = { KOA: 'koa', TLS: JSON.stringify({ key, cert }) };
        return withApp(file, { mode, env }, async (app, port) => {
          const url = `wss://127.0.0.1:${port}/echo`;
          await converse(app, url, { ca: cert, servername: 'localhost' });
          await expectCounted(app);
        });
      });
    }
  });
}

async function refusesElsewhere(url) {
  const client = await connect(url);
  const [code, reason] = await once(client, 'close');
  assert.equal(code, 1008);
  assert.equal(reason.toString(), 'nothing at /elsewhere');
}

async function expectCounted(app) {
  if (!app.mode.isAccelerated) return;
  await assertAccelerated(app, {
    chunks: 1,
    frames: MESSAGES,
    messages: MESSAGES
  });
}
