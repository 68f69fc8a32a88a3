// How connections end: by handshake, by half-close, by reset, by destruction, at any point of a frame.

import { BINARY, CLOSE, CONTINUATION, PING, TEXT } from '../lib/frames.mjs';

import { same } from './support/kit.mjs';
import { closed, quiet } from './support/scene.mjs';

same('the peer closes', async (scene) => {
  const { ws, peer } = await scene.accept();
  scene.watch(ws);
  peer.close(4001, 'that is all');
  scene.log('frames', ...(await peer.received(1)));
  await peer.ended();
  peer.socket.end();
  await closed(ws);
});

same('the peer closes without a code', async (scene) => {
  const { ws, peer } = await scene.accept();
  scene.watch(ws);
  peer.send({ opcode: CLOSE });
  scene.log('frames', ...(await peer.received(1)));
  peer.socket.end();
  await closed(ws);
});

same('close() with a code and a reason, both ways', async (scene) => {
  const { ws, client } = await scene.pair();
  scene.watch(ws, 'server');
  scene.watch(client, 'client');
  client.close(3000, 'bye');
  await Promise.all([closed(ws), closed(client)]);
  scene.trace.sort();
});

same('close() on both ends at once', async (scene) => {
  const { ws, client } = await scene.pair();
  scene.watch(ws, 'server');
  scene.watch(client, 'client');
  ws.close(1000);
  client.close(1001);
  await Promise.all([closed(ws), closed(client)]);
  scene.trace.sort();
});

same('close() twice, then send()', async (scene) => {
  const { ws, peer } = await scene.accept();
  scene.watch(ws);
  ws.close(1000);
  ws.close(1001);
  ws.send('late', (err) => scene.log('late', err));
  ws.ping('late', undefined, (err) => scene.log('late ping', err));
  scene.log('buffered', ws.bufferedAmount > 0);
  scene.log('frames', ...(await peer.received(1)));
  peer.close(1000);
  await peer.ended();
  peer.socket.end();
  await closed(ws);
});

same('messages that cross a close() are delivered', async (scene) => {
  const { ws, peer } = await scene.accept();
  scene.watch(ws);
  ws.close(1000);
  peer.send({ opcode: TEXT, payload: 'crossing' }, { opcode: PING });
  await quiet();
  peer.close(1000);
  await peer.ended();
  peer.socket.end();
  await closed(ws);
  scene.log('frames', ...peer.frames());
});

same('bad arguments of close() throw', async (scene) => {
  const { ws, peer } = await scene.accept();
  for (const [code, reason] of [
    [999],
    [1005],
    ['1000'],
    [1000, 'x'.repeat(124)]
  ]) {
    try {
      ws.close(code, reason);
    } catch (err) {
      scene.log(err, ws.readyState);
    }
  }
  peer.send({ opcode: TEXT, payload: 'still' });
  ws.on('message', (data) => scene.log('message', data));
  await quiet();
});

for (const [what, bytes] of Object.entries({
  'between frames': '8185 37fa213d 7f9f4d5158',
  'in a header': '81',
  'in a length': '82fe 01',
  'in a masking key': '8185 37fa',
  'in a payload': '8185 37fa213d 7f9f',
  'between fragments': '0185 37fa213d 7f9f4d5158',
  'in a control frame': '8985 37fa213d 7f'
})) {
  const chunk = Buffer.from(bytes.replaceAll(' ', ''), 'hex');

  same(`the peer half-closes ${what}`, async (scene) => {
    const { ws, peer } = await scene.accept();
    scene.watch(ws);
    peer.socket.end(chunk);
    await closed(ws);
  });

  same(`the peer resets ${what}`, async (scene) => {
    const { ws, peer } = await scene.accept();
    scene.watch(ws);
    peer.socket.write(chunk);
    await quiet();
    peer.socket.resetAndDestroy();
    await closed(ws);
  });

  same(`terminate() ${what}`, async (scene) => {
    const { ws, peer } = await scene.accept();
    scene.watch(ws);
    peer.socket.write(chunk);
    await quiet();
    ws.terminate();
    await closed(ws);
  });
}

same('the socket is destroyed from outside', async (scene) => {
  const { ws } = await scene.accept();
  scene.watch(ws);
  ws._socket.destroy(new Error('pulled'));
  await closed(ws);
  ws.send('late', (err) => scene.log('late', err));
  await quiet();
});

same(
  'the socket is destroyed with frames waiting to be sent',
  async (scene) => {
    const { ws } = await scene.accept();
    scene.watch(ws);
    const results = [];
    for (let i = 0; i < 5; i++) {
      ws.send(`${i}`, (err) => results.push(err?.code ?? 'sent'));
    }
    ws._socket.destroy();
    await closed(ws);
    await quiet();
    scene.log('results', results.length);
  }
);

same('what is sent before terminate() arrives', async (scene) => {
  const { ws, peer } = await scene.accept();
  ws.send('one');
  ws.send('two');
  ws.send('three');
  ws.terminate();
  await peer.ended();
  scene.log('frames', ...peer.frames());
});

same('what is sent before the socket is ended arrives', async (scene) => {
  const { ws, peer } = await scene.accept();
  ws.send('one');
  ws.send('two');
  ws._socket.end();
  await peer.ended();
  scene.log('frames', ...peer.frames());
});

same(
  'a paused connection: what came before the end is delivered',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    scene.watch(ws);
    ws.pause();
    peer.send(
      { opcode: TEXT, payload: 'one' },
      { opcode: TEXT, payload: 'two' }
    );
    await quiet();
    peer.socket.end();
    await quiet();
    ws.resume();
    await closed(ws);
  }
);

same('a paused connection that is terminated', async (scene) => {
  const { ws, peer } = await scene.accept();
  scene.watch(ws);
  ws.pause();
  peer.send({ opcode: TEXT, payload: 'one' }, { opcode: TEXT, payload: 'two' });
  await quiet();
  ws.terminate();
  await closed(ws);
});

same('a close frame in the middle of a message', async (scene) => {
  const { ws, peer } = await scene.accept();
  scene.watch(ws);
  peer.send(
    { fin: false, opcode: TEXT, payload: 'lost' },
    { opcode: CLOSE, payload: Buffer.from([3, 232]) },
    { opcode: CONTINUATION, payload: 'too' }
  );
  scene.log('frames', ...(await peer.received(1)));
  peer.socket.end();
  await closed(ws);
});

same(
  'a peer that never answers close(): the socket is ended on its end',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    scene.watch(ws);
    ws.close(1000, 'bye');
    await peer.received(1);
    peer.socket.end();
    await closed(ws);
  }
);

for (const [what, frame, code] of [
  ['a violation', { rsv: 1, opcode: TEXT }, 1002],
  ['bad UTF-8', { opcode: TEXT, payload: Buffer.from([0xff]) }, 1007],
  ['a message too long', { opcode: BINARY, payload: 'x'.repeat(11) }, 1009]
]) {
  same(`${what} is answered with ${code}`, async (scene) => {
    const { ws, peer } = await scene.accept({ maxPayload: 10 });
    scene.watch(ws);
    peer.send({ opcode: TEXT, payload: 'before' }, frame);
    const frames = await peer.received(1);
    scene.log('frames', ...frames, frames[0][1].readUInt16BE());
    if (frames[0][1].readUInt16BE() !== code) throw new Error('wrong code');
    peer.socket.end();
    await closed(ws);
  });

  same(`${what} from a server is answered with ${code}`, async (scene) => {
    const { ws, peer } = await scene.connect({ maxPayload: 10 });
    scene.watch(ws);
    peer.send({ opcode: TEXT, payload: 'before' }, frame);
    const frames = await peer.received(1);
    scene.log('code', frames[0][1].readUInt16BE());
    peer.socket.end();
    await closed(ws);
  });
}

same(
  'the server closes: clients are told nothing, and are gone',
  async (scene) => {
    const { server, ws, peer } = await scene.accept();
    scene.watch(ws);
    scene.log('clients', server.clients.size);
    ws.close(1001);
    peer.close(1001);
    await closed(ws);
    await quiet();
    scene.log('clients', server.clients.size);
  }
);
