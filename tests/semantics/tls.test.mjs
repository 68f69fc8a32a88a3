// The same over TLS. Keys are agreed on by a shared secret, so that no certificate is needed.

import { once } from 'node:events';
import https from 'node:https';

import { Random } from '../lib/random.mjs';

import { same } from './support/kit.mjs';
import { closed, quiet } from './support/scene.mjs';

const TLS = {
  ciphers: 'PSK',
  maxVersion: 'TLSv1.2',
  minVersion: 'TLSv1.2'
};
const SECRET = { psk: Buffer.alloc(16, 7), identity: 'test' };

async function pairOverTls(scene, options) {
  const { WebSocket, WebSocketServer } = scene.copy;
  const httpServer = https.createServer({
    ...TLS,
    pskCallback: () => SECRET.psk
  });
  const server = new WebSocketServer({ server: httpServer, ...options });
  httpServer.listen(0, '127.0.0.1');
  await once(httpServer, 'listening');
  const { port } = httpServer.address();
  const client = new WebSocket(`wss://127.0.0.1:${port}`, {
    ...TLS,
    ...options,
    pskCallback: () => SECRET,
    checkServerIdentity: () => undefined
  });
  scene.onEnd(() => httpServer.close());
  scene.onEnd(() => client.terminate());
  const [[ws]] = await Promise.all([
    once(server, 'connection'),
    once(client, 'open')
  ]);
  scene.onEnd(() => ws.terminate());
  return { ws, client };
}

for (const perMessageDeflate of [false, true]) {
  const how = perMessageDeflate ? ', compressed' : '';

  same(`an echo over TLS${how}`, async (scene) => {
    const { ws, client } = await pairOverTls(scene, { perMessageDeflate });
    scene.log(client._socket.encrypted);
    const random = new Random(3);
    ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
    const got = [];
    const sizes = [0, 1, 125, 126, 65535, 65536, 300000];
    const sent = sizes.map((size) => random.bytes(size));
    for (const bytes of sent) client.send(bytes);
    for (let i = 0; i < 500; i++) client.send(`${i}`);
    client.on('message', (data) => got.push(data));
    while (got.length < sizes.length + 500) await quiet(1);
    scene.log(
      sent.every((bytes, i) => bytes.equals(got[i])),
      ...got.slice(sizes.length)
    );
    scene.watch(ws);
    client.close(1000, 'bye');
    await closed(ws);
  });
}

same('a burst, then terminate(), over TLS', async (scene) => {
  const { ws, client } = await pairOverTls(scene, {});
  const got = [];
  client.on('message', (data) => got.push(`${data}`));
  client.on('error', () => {});
  for (let i = 0; i < 20; i++) ws.send(`${i}`);
  ws.close(1001);
  await closed(client);
  scene.log(...got);
});
