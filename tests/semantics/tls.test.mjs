// The same over TLS.

import { Random } from '../lib/random.mjs';

import { same } from './support/kit.mjs';
import { closed, quiet } from './support/scene.mjs';

for (const perMessageDeflate of [false, true]) {
  const how = perMessageDeflate ? ', compressed' : '';

  same(`an echo over TLS${how}`, async (scene) => {
    const { ws, client } = await scene.pairOverTls({ perMessageDeflate });
    scene.log(ws._socket.encrypted);
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
  const { ws, client } = await scene.pairOverTls({});
  const got = [];
  client.on('message', (data) => got.push(`${data}`));
  client.on('error', () => {});
  for (let i = 0; i < 20; i++) ws.send(`${i}`);
  ws.close(1001);
  await closed(client);
  scene.log(...got);
});
