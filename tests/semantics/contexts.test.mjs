// What an AsyncLocalStorage holds in callbacks: what it held where send() was called.

import { AsyncLocalStorage } from 'node:async_hooks';

import { TEXT } from '../lib/frames.mjs';

import { same } from './support/kit.mjs';
import { quiet } from './support/scene.mjs';

const storage = new AsyncLocalStorage();

same('callbacks of what the handlers of one chunk sent', async (scene) => {
  const { ws, peer } = await scene.accept();
  ws.on('message', (data) => {
    storage.run(`${data}`, () => {
      ws.send('hello', () => scene.log(`${data}`, storage.getStore()));
      ws.ping('p', undefined, () => scene.log('ping', storage.getStore()));
    });
  });
  peer.send(
    ...['alice', 'bob', 'carol'].map((payload) => ({ opcode: TEXT, payload }))
  );
  await quiet();
});

same('callbacks of what one tick sent on two connections', async (scene) => {
  const one = await scene.pair();
  const other = await scene.pair();
  for (const user of ['alice', 'bob', 'carol']) {
    storage.run(user, () => {
      for (const { ws } of [one, other]) {
        ws.send('hello', () => scene.log(user, storage.getStore()));
      }
    });
  }
  await quiet();
  // Which connection's come first is not compared.
  scene.trace.sort();
});

same('callbacks of what fails', async (scene) => {
  const { ws } = await scene.pair();
  storage.run('alice', () => {
    ws.send('one', () => scene.log('one', storage.getStore()));
    ws.send('two', () => scene.log('two', storage.getStore()));
    ws.terminate();
  });
  await quiet();
});
