// What handlers may do while the events of a chunk are being delivered.

import { BINARY, CLOSE, PING, TEXT, closeBody } from '../lib/frames.mjs';

import { same } from './support/kit.mjs';
import { closed, quiet } from './support/scene.mjs';

const MESSAGES = [
  { opcode: TEXT, payload: 'one' },
  { opcode: TEXT, payload: 'two' },
  { opcode: PING, payload: 'p' },
  { opcode: BINARY, payload: 'three' }
];

/** Runs `act` in the handler of the first message of a chunk. */
function onFirst(act) {
  return async (scene) => {
    const { ws, peer } = await scene.accept();
    scene.watch(ws);
    let calls = 0;
    ws.on('message', (data) => {
      if (calls++ === 0) act(ws, scene, peer, data);
    });
    peer.send(...MESSAGES);
    await quiet();
    scene.log('state', ws.readyState, peer.isEnded);
    peer.send({ opcode: TEXT, payload: 'later' });
    await quiet();
    ws.terminate();
    await closed(ws);
    await peer.ended();
    scene.log('frames', ...peer.frames());
  };
}

same(
  'terminate() in a handler',
  onFirst((ws) => ws.terminate())
);

same(
  'close() in a handler',
  onFirst((ws) => ws.close(1000, 'enough'))
);

same(
  'send() and close() in a handler: all is sent, in order',
  onFirst((ws, scene) => {
    ws.send('a', () => scene.log('a is sent'));
    ws.send(Buffer.from('b'), () => scene.log('b is sent'));
    ws.ping('c', undefined, () => scene.log('c is sent'));
    ws.close(4000, 'd');
    ws.send('e', (err) => scene.log('e', err));
  })
);

same(
  'send() and terminate() in a handler',
  onFirst((ws, scene) => {
    ws.send('a', (err) => scene.log('a', err ?? 'sent'));
    ws.send('b', (err) => scene.log('b', err ?? 'sent'));
    ws.terminate();
    ws.send('c', (err) => scene.log('c', err ?? 'sent'));
  })
);

same(
  'the socket destroyed in a handler',
  onFirst((ws) => ws._socket.destroy())
);

same(
  'the socket destroyed with an error in a handler',
  onFirst((ws) => ws._socket.destroy(new Error('of mine')))
);

same(
  'the socket ended in a handler',
  onFirst((ws) => ws._socket.end())
);

same(
  'pause() in a handler',
  onFirst((ws, scene) => {
    ws.pause();
    scene.log('paused', ws.isPaused);
  })
);

same(
  'pause() and resume() in a handler',
  onFirst((ws) => {
    ws.pause();
    ws.resume();
  })
);

same(
  'binaryType changed in a handler holds for the next message',
  onFirst((ws) => {
    ws.binaryType = 'arraybuffer';
  })
);

same(
  'all listeners removed in a handler',
  onFirst((ws) => {
    ws.removeAllListeners('message');
    ws.removeAllListeners('ping');
  })
);

same(
  'a listener added in a handler',
  onFirst((ws, scene) => {
    ws.on('message', (data) => scene.log('added', data));
  })
);

same('a listener that removes itself', async (scene) => {
  const { ws, peer } = await scene.accept();
  scene.watch(ws);
  const once = (data) => {
    scene.log('once', data);
    ws.off('message', once);
  };
  ws.on('message', once);
  peer.send(...MESSAGES);
  await quiet();
});

same('a pong, a ping and an echo in handlers come in order', async (scene) => {
  const { ws, peer } = await scene.accept({ autoPong: false });
  ws.on('ping', (data) => {
    ws.pong(`${data}!`);
    ws.ping('and you?');
  });
  ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
  peer.send(...MESSAGES, ...MESSAGES);
  await quiet();
  scene.log('frames', ...peer.frames());
});

same('close() in a ping handler', async (scene) => {
  const { ws, peer } = await scene.accept();
  scene.watch(ws);
  ws.on('ping', () => ws.close());
  peer.send(...MESSAGES);
  scene.log('frames', ...(await peer.received(2)));
  peer.close(1000);
  await closed(ws);
});

same('a handler that waits: events do not wait for it', async (scene) => {
  const { ws, peer } = await scene.accept();
  ws.on('message', async (data) => {
    scene.log('start', data);
    await null;
    scene.log('end', data);
  });
  peer.send(...MESSAGES);
  await quiet();
});

same(
  'a handler that feeds another connection in the same breath',
  async (scene) => {
    const first = await scene.accept();
    const second = await scene.accept();
    scene.watch(first.ws, 'first');
    scene.watch(second.ws, 'second');
    first.ws.on('message', (data) => {
      const bytes = second.peer.encode(
        { opcode: TEXT, payload: `${data} a` },
        { opcode: PING, payload: `${data} b` },
        { fin: false, opcode: BINARY, payload: data },
        { opcode: 0, payload: 'c' }
      );
      second.ws._socket.emit('data', bytes);
    });
    second.ws.on('message', (data) => second.ws.send(data));
    second.ws.on('message', (data) => first.ws.send(data));
    first.peer.send(...MESSAGES);
    scene.log('to the first', ...(await first.peer.received(7)));
    scene.log('to the second', ...(await second.peer.received(9)));
  }
);

same('a handler that feeds its own connection', async (scene) => {
  const { ws, peer } = await scene.accept();
  scene.watch(ws);
  let calls = 0;
  ws.on('message', () => {
    if (calls++ > 1) return;
    ws._socket.emit('data', peer.encode({ opcode: TEXT, payload: 'more' }));
  });
  peer.send(...MESSAGES);
  await quiet();
});

same('events through addEventListener and on…', async (scene) => {
  const { ws, peer } = await scene.accept();
  ws.onmessage = ({ type, data, target }) => {
    scene.log('onmessage', type, data, target === ws);
  };
  ws.addEventListener('message', ({ data }) => scene.log('once', data), {
    once: true
  });
  ws.onclose = ({ code, reason, wasClean }) => {
    scene.log('onclose', code, reason, wasClean);
  };
  ws.onerror = ({ message, error }) => scene.log('onerror', message, error);
  peer.send(...MESSAGES, { opcode: CLOSE, payload: closeBody(1000, 'bye') });
  await closed(ws);
});

same('nothing is delivered after a close frame', async (scene) => {
  const { ws, peer } = await scene.accept();
  scene.watch(ws);
  peer.send(
    { opcode: TEXT, payload: 'one' },
    { opcode: CLOSE, payload: closeBody(1001, 'away') },
    { opcode: TEXT, payload: 'two' },
    { opcode: PING, payload: 'three' }
  );
  scene.log('frames', ...(await peer.received(1)));
  peer.socket.end();
  await closed(ws);
});

same(
  'messages before an error come before it, in the same chunk',
  async (scene) => {
    const { ws, peer } = await scene.accept();
    scene.watch(ws);
    ws.on('message', (data) => ws.send(`got ${data}`));
    peer.send(
      { opcode: TEXT, payload: 'one' },
      { opcode: TEXT, payload: 'two' },
      { opcode: 3, payload: 'bad' },
      { opcode: TEXT, payload: 'three' }
    );
    scene.log('frames', ...(await peer.received(3)));
    peer.socket.end();
    await closed(ws);
  }
);

same('no error listener: the error is uncaught in neither', async (scene) => {
  const { ws, peer } = await scene.accept();
  ws.on('error', () => {});
  ws.on('close', (code, reason) => scene.log('close', code, reason));
  peer.send({ rsv: 2, opcode: TEXT, payload: 'bad' });
  scene.log('frames', ...(await peer.received(1)));
  peer.socket.end();
  await closed(ws);
});
