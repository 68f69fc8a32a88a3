// drained(): waiting until a connection has caught up.

import assert from 'node:assert/strict';

import { broadcast, drained } from 'framewright/broadcast';

import { closed, describeEach, quiet } from './support/kinds.mjs';

const CLOSED = { code: 'ERR_CONNECTION_CLOSED' };

/** Sends until the socket takes no more. */
async function fill({ ws, peer }) {
  peer.socket.pause();
  while (ws.bufferedAmount < 1_000_000) {
    ws.send(Buffer.alloc(500_000));
    await quiet(1);
  }
}

/** What listens on a connection and its socket, which waiting must not add to. */
function listeners(ws) {
  return [ws, ws._socket].map((emitter) =>
    emitter.eventNames().map((name) => emitter.listenerCount(name))
  );
}

describeEach('drained()', ({ it }) => {
  it('resolves where nothing is waiting', async (scene) => {
    const { ws } = await scene.accept();
    const before = listeners(ws);
    await drained(ws);
    ws.send('x');
    broadcast([ws], 'y');
    broadcast([ws], 'z');
    await drained(ws);
    assert.equal(ws.bufferedAmount, 0);
    assert.deepEqual(listeners(ws), before);
  });

  it('resolves when the peer has read what was waiting', async (scene) => {
    const pair = await scene.accept();
    const { ws, peer } = pair;
    await fill(pair);
    const before = listeners(ws);
    const settled = [];
    const promises = [0, 0, 10_000, 100_000].map((threshold, i) =>
      drained(ws, { threshold }).then(() => {
        settled.push(i);
        assert.ok(ws.bufferedAmount <= threshold);
      })
    );
    await quiet();
    assert.deepEqual(settled, []);
    await drained(ws, { threshold: 1e9 });
    // Not one listener for each who waits.
    assert.ok(ws.listenerCount('close') <= before[0].length + 2);
    peer.socket.resume();
    await Promise.all(promises);
    assert.deepEqual(listeners(ws), before);
  });

  it('goes on waiting while more is sent', async (scene) => {
    const pair = await scene.accept();
    const { ws, peer } = pair;
    await fill(pair);
    const promise = drained(ws).then(() => ws.bufferedAmount);
    let count = 0;
    const more = () => {
      if (count++ < 5) ws.send(Buffer.alloc(300_000), more);
    };
    ws.send('x', more);
    peer.socket.resume();
    assert.equal(await promise, 0);
  });

  it('waits for what is being compressed', async (scene) => {
    const { ws } = await scene.accept(
      { perMessageDeflate: { threshold: 0 } },
      { 'Sec-WebSocket-Extensions': 'permessage-deflate' }
    );
    let isSent = false;
    const before = listeners(ws);
    ws.send('x'.repeat(1_000_000), () => (isSent = true));
    assert.ok(ws.bufferedAmount > 0);
    await drained(ws);
    await quiet(1);
    assert.ok(isSent);
    assert.deepEqual(listeners(ws), before);
  });

  for (const how of ['terminate', 'by the peer']) {
    it(`rejects when the connection is closed: ${how}`, async (scene) => {
      const pair = await scene.accept();
      const { ws, peer } = pair;
      ws.on('error', () => {});
      const before = ws.listenerCount('close');
      await fill(pair);
      const promises = [drained(ws), drained(ws), drained(ws)];
      const rejected = Promise.all(
        promises.map((promise) => assert.rejects(promise, CLOSED))
      );
      await quiet(1);
      if (how === 'terminate') ws.terminate();
      else peer.socket.destroy();
      await rejected;
      assert.equal(ws.listenerCount('close'), before);
      await closed(ws);
      await assert.rejects(drained(ws), CLOSED);
    });
  }

  it('resolves after close(), if the peer reads', async (scene) => {
    const pair = await scene.accept();
    const { ws, peer } = pair;
    await fill(pair);
    ws.close(1000);
    const promise = drained(ws);
    peer.socket.resume();
    await promise;
  });

  it('rejects a threshold that is not a number of bytes', async (scene) => {
    const { ws } = await scene.accept();
    for (const threshold of ['1', -1, NaN, null]) {
      await assert.rejects(drained(ws, { threshold }), TypeError);
    }
  });
});
