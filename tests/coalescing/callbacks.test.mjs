// The callbacks of what collects: each runs once, in order, with the error ws would give.

import { TEXT } from '../lib/frames.mjs';
import { closed, quiet, same } from './kit.mjs';

import { acceptSink } from './sink.mjs';

/** Sends a bit of everything, and logs each callback. */
function sendAll(ws, scene) {
  const cb = (name) => (err) => scene.log(name, err ?? 'sent');
  ws.send('text', cb('text'));
  ws.send(Buffer.from('bytes'), cb('bytes'));
  ws.send('silent');
  ws.send(new Uint16Array([1, 2]), cb('view'));
  ws.ping('p', undefined, cb('ping'));
  ws.send('x'.repeat(40_000), cb('long'));
  ws.send('frag', { fin: false }, cb('fragment'));
  ws.pong('q', undefined, cb('pong'));
  ws.send('ment', { fin: true }, cb('last fragment'));
  ws.send('', cb('empty'));
}

same('a burst outside of handlers', async (scene) => {
  const { ws, peer } = await scene.accept();
  sendAll(ws, scene);
  scene.log('none is called at once');
  await peer.received(10);
  await quiet();
  scene.log(...peer.frames());
});

same('a burst in a handler', async (scene) => {
  const { ws, peer } = await scene.accept();
  ws.on('message', () => sendAll(ws, scene));
  peer.send({ opcode: TEXT }, { opcode: TEXT });
  await peer.received(20);
  await quiet();
  scene.log(...peer.frames());
});

same('a burst of a client', async (scene) => {
  const { ws, peer } = await scene.connect();
  sendAll(ws, scene);
  await peer.received(10);
  await quiet();
  scene.log(...peer.frames());
});

for (const inside of [false, true]) {
  const place = inside ? 'in a handler' : 'outside of handlers';

  /** Opens a connection and runs `act` on it there. */
  const at = (act) => async (scene) => {
    const { ws, peer } = await scene.accept();
    ws.on('error', (err) => scene.log('error', err));
    ws.on('close', (code) => scene.log('close', code));
    if (inside) ws.once('message', () => act(ws, scene));
    else act(ws, scene);
    peer.send({ opcode: TEXT });
    await Promise.all([closed(ws), peer.ended()]);
    await quiet();
    scene.log(...peer.frames());
  };

  same(
    `${place}, before terminate()`,
    at((ws, scene) => {
      sendAll(ws, scene);
      ws.terminate();
    })
  );

  same(
    `${place}, after terminate()`,
    at((ws, scene) => {
      ws.terminate();
      sendAll(ws, scene);
    })
  );

  same(
    `${place}, on a socket that is destroyed`,
    at((ws, scene) => {
      ws._socket.destroy();
      sendAll(ws, scene);
    })
  );

  same(
    `${place}, before the socket is destroyed with an error`,
    at((ws, scene) => {
      ws.send('a', (err) => scene.log('a', err ?? 'sent'));
      ws.send('b', (err) => scene.log('b', err ?? 'sent'));
      ws._socket.destroy(new Error('mine'));
    })
  );

  same(
    `${place}, on a socket that is ended`,
    at((ws, scene) => {
      ws._socket.end();
      ws.send('a', (err) => scene.log('a', err ?? 'sent'));
      ws.send('b', (err) => scene.log('b', err ?? 'sent'));
    })
  );
}

for (const gathers of [true, false]) {
  const kind = gathers ? 'gathers' : 'takes one chunk at a time';

  same(`a socket that fails, and ${kind}`, async (scene) => {
    const { sink, ws } = await acceptSink(scene, { gathers });
    sink.mode = 'fails';
    sendAll(ws, scene);
    await closed(ws);
    await quiet();
    scene.log(ws.bufferedAmount);
    // In which order a stream fails what was written after the failure depends on how it was corked.
    scene.trace.sort();
  });

  same(`a socket that fails later, and ${kind}`, async (scene) => {
    const { sink, ws } = await acceptSink(scene, { gathers });
    sink.mode = 'holds';
    sendAll(ws, scene);
    await quiet();
    scene.log('nothing is called');
    sink.mode = 'fails';
    await closed(ws);
    await quiet();
  });
}

same('a socket that is destroyed while it holds a write', async (scene) => {
  const { sink, ws } = await acceptSink(scene);
  sink.mode = 'holds';
  sendAll(ws, scene);
  await quiet();
  ws.terminate();
  await closed(ws);
  await quiet();
});
