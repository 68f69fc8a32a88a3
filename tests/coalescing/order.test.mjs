// Whatever goes to the socket comes out in the order in which it was sent.

import { decodeMessages } from '../lib/decode-messages.mjs';
import { TEXT } from '../lib/frames.mjs';
import { closed, oursOnly, quiet, same } from './kit.mjs';

import { acceptSink } from './sink.mjs';

const FRAME = {
  text: Buffer.from([0x81, 0x02, 0x68, 0x69]),
  header: Buffer.from([0x82, 0x03])
};

/** Everything that reaches a socket, one after the other. */
function sendAll(ws) {
  ws.send('one');
  // engine.io calls it so, with frames that it made itself.
  ws._sender.sendFrame([FRAME.text]);
  ws.ping('two');
  ws._sender.sendFrame([FRAME.header, Buffer.from('abc')]);
  ws._sender.sendFrame([FRAME.header, 'def']);
  ws.send(Buffer.alloc(40_000, 'l'));
  ws.send('three');
  ws._sender.sendFrame([
    Buffer.from([0x82, 0x7e, 0x9c, 0x40]),
    Buffer.alloc(40_000, 'm')
  ]);
  ws.send(new Uint8Array([4]));
  ws._socket.write(FRAME.text);
  ws.pong('five');
  ws._socket.write('8102', 'hex');
  ws._socket.write('yo');
  ws.send('six', { fin: false });
  ws.send('seven', { fin: true });
  ws._socket.cork();
  ws.send('eight');
  ws._socket.uncork();
  ws.send('nine');
}

const COUNT = 16;

same('outside of handlers', async (scene) => {
  const { ws, peer } = await scene.accept();
  sendAll(ws);
  await peer.received(COUNT);
  await quiet();
  scene.log(...peer.frames());
});

same('in a handler', async (scene) => {
  const { ws, peer } = await scene.accept();
  ws.on('message', () => sendAll(ws));
  peer.send({ opcode: TEXT }, { opcode: TEXT });
  await peer.received(2 * COUNT);
  await quiet();
  scene.log(...peer.frames());
});

same('in microtasks, ticks and callbacks of each other', async (scene) => {
  const { ws, peer } = await scene.accept();
  ws.send('a', () => {
    ws.send('d');
    ws.send('e');
  });
  ws.send('b');
  queueMicrotask(() => ws.send('c'));
  await peer.received(5);
  await new Promise((resolve) => setImmediate(resolve));
  ws.send('f');
  ws.send('g');
  process.nextTick(() => ws.send('h'));
  setImmediate(() => ws.send('i'));
  await peer.received(9);
  scene.log(...peer.frames());
});

same('compressed messages among others', async (scene) => {
  const { ws, peer } = await scene.accept(
    { perMessageDeflate: { threshold: 0 } },
    { 'Sec-WebSocket-Extensions': 'permessage-deflate' }
  );
  ws.on('message', () => {
    ws.send('a', { compress: false });
    ws.send('b', { compress: true }, () => scene.log('b is sent'));
    ws.send('c', { compress: false }, () => scene.log('c is sent'));
    ws.ping('d');
    ws.send('e'.repeat(5000), { compress: true });
    ws.send('f', { compress: false });
  });
  peer.send({ opcode: TEXT });
  await peer.received(6);
  await quiet();
  for (const { first, payload } of decodeMessages(peer.bytes(), true)) {
    scene.log(first, payload);
  }
});

for (const inside of [false, true]) {
  const place = inside ? 'in a handler' : 'outside of handlers';

  const at = (act) => async (scene) => {
    const { ws, peer } = await scene.accept();
    scene.watch(ws);
    if (inside) ws.once('message', () => act(ws, peer));
    else act(ws, peer);
    peer.send({ opcode: TEXT });
    await peer.ended();
    peer.socket.end();
    await closed(ws);
    scene.log(...peer.frames());
  };

  const enders = {
    'socket.end()': (ws) => ws._socket.end(),
    'socket.end(bytes)': (ws) => ws._socket.end(FRAME.text),
    'socket.destroySoon()': (ws) => ws._socket.destroySoon(),
    'socket.destroy()': (ws) => ws._socket.destroy(),
    'terminate()': (ws) => ws.terminate(),
    'close()': (ws, peer) => {
      ws.close(1000, 'bye');
      peer.close(1000, 'bye');
    }
  };

  for (const [name, act] of Object.entries(enders)) {
    same(
      `${place}, ${name} after messages`,
      at((ws, peer) => {
        ws.send('one');
        ws.send('two');
        ws.send('three');
        act(ws, peer);
      })
    );
  }
}

same('data that is changed once it is sent', async (scene) => {
  const { ws, peer } = await scene.accept();
  const data = Buffer.from('as it was');
  const frame = Buffer.from(FRAME.text);
  const change = () => {
    ws.send('first');
    ws.send(data);
    ws._sender.sendFrame([frame]);
    ws.ping(data);
    data.fill('?');
    frame.fill(0);
  };
  ws.once('message', change);
  peer.send({ opcode: TEXT });
  await peer.received(4);
  scene.log(...peer.frames());
});

same('data of a client that is changed once it is sent', async (scene) => {
  const { ws, peer } = await scene.connect();
  const data = Buffer.from('as it was');
  const long = Buffer.alloc(100, 'x');
  ws.send('first');
  ws.send(data);
  ws.send(long);
  ws.ping(data);
  data.fill('?');
  long.fill('?');
  await peer.received(4);
  scene.log(...peer.frames());
});

oursOnly(
  'two senders on one socket keep their order',
  async (scene) => {
    const { sink, ws } = await acceptSink(scene);
    const other = new scene.copy.Sender(sink, {});
    const options = { fin: true, compress: false };
    ws.send('1');
    other.send('2', options);
    ws.send('3');
    other.send('4', options);
    await quiet();
    scene.log(...sink.frames().map(([, payload]) => payload));
  },
  { expected: [['1', '2', '3', '4']] }
);

same(
  'whoever wraps the socket’s write() later sees all that is written',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    ws.send('before');
    await quiet();
    const { write } = ws._socket;
    let seen = '';
    ws._socket.write = function (chunk, ...rest) {
      seen += Buffer.from(chunk).toString('latin1');
      return write.call(this, chunk, ...rest);
    };
    ws.send('after');
    await peer.received(2);
    scene.log(seen);
  },
  { expected: [['\x81\x05after']] }
);
