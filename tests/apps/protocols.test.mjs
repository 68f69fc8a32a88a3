import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';

import { createClient } from 'graphql-ws';
import mqtt from 'mqtt';
import WebSocket from 'ws';

import { assertAccelerated, MODES, withApp } from './support/app-process.mjs';

const TIMEOUT = { timeout: 60_000 };

for (const mode of MODES) {
  describe(`Protocols on ws, ${mode.name}`, TIMEOUT, () => {
    it('graphql-ws', () =>
      withApp('graphql-ws.mjs', { mode }, async (app, port) => {
        const url = `ws://127.0.0.1:${port}/graphql`;
        await queryAndSubscribe(url);
        await closesWith(url, 'not JSON', 4400);
        const early = { id: '1', type: 'subscribe', payload: { query: '{a}' } };
        await closesWith(url, JSON.stringify(early), 4401);
        if (mode.isAccelerated) await assertAccelerated(app, { messages: 5 });
      }));

    it('MQTT through createWebSocketStream', () =>
      withApp('mqtt.mjs', { mode }, async (app, port) => {
        await publishAndSubscribe(`ws://127.0.0.1:${port}`);
        if (mode.isAccelerated) await assertAccelerated(app, { messages: 5 });
      }));
  });
}

async function queryAndSubscribe(url) {
  const client = createClient({ url, webSocketImpl: WebSocket });

  const text = '✓'.repeat(40_000);
  const lengths = client.iterate({
    query: 'query ($text: String!) { length(text: $text) }',
    variables: { text }
  });
  assert.deepEqual((await lengths.next()).value.data.length, text.length);

  const counted = [];
  const countdown = client.iterate({
    query: 'subscription { countdown(from: 99) }'
  });
  for await (const { data } of countdown) counted.push(data.countdown);
  assert.deepEqual(
    counted,
    Array.from({ length: 100 }, (_, i) => 99 - i)
  );
  await client.dispose();
}

async function closesWith(url, text, code) {
  const client = new WebSocket(url, 'graphql-transport-ws');
  await once(client, 'open');
  client.send(text);
  assert.equal((await once(client, 'close'))[0], code);
}

async function publishAndSubscribe(url) {
  const [sender, receiver] = await Promise.all([
    mqtt.connectAsync(url),
    mqtt.connectAsync(url)
  ]);
  const payloads = [0, 125, 126, 200_000].map((len) => Buffer.alloc(len, 'ü'));
  const received = [];
  const all = new Promise((resolve) => {
    receiver.on('message', (topic, payload) => {
      received.push([topic, payload]);
      if (received.length === payloads.length) resolve();
    });
  });

  await receiver.subscribeAsync('lots/#', { qos: 1 });
  for (const [i, payload] of payloads.entries()) {
    await sender.publishAsync(`lots/${i}`, payload, { qos: 1 });
  }
  await all;
  assert.deepEqual(
    received,
    payloads.map((payload, i) => [`lots/${i}`, payload])
  );
  await Promise.all([sender.endAsync(), receiver.endAsync()]);
}
