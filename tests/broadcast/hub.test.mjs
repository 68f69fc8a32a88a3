// The hub of one process.

import assert from 'node:assert/strict';

import { createHub, prepare } from 'framewright/broadcast';

import { closed, describeEach, quiet } from './support/kinds.mjs';

const texts = async (peer, count) =>
  (await peer.received(count)).map(([, payload]) => payload.toString());

describeEach('The hub', ({ it }) => {
  it('sends to those who have joined', async (scene) => {
    const hub = createHub();
    const [a, b] = await Promise.all([scene.accept(), scene.accept()]);
    assert.equal(hub.isShared, false);
    assert.equal(hub.join(a.ws, 'x'), true);
    hub.join(a.ws, 'x');
    hub.join(a.ws, 'y');
    hub.join(b.ws, 'y');
    assert.equal(hub.publish('x', 'one').sent, 1);
    assert.equal(hub.publish('y', prepare('two')).sent, 2);
    assert.equal(hub.publish('z', 'nobody').sent, 0);
    assert.equal(hub.leave(a.ws, 'y'), true);
    assert.equal(hub.leave(a.ws, 'y'), false);
    assert.equal(hub.leave(b.ws, 'x'), false);
    hub.publish('y', 'three');
    hub.publish('x', 'four');
    assert.deepEqual(await texts(a.peer, 3), ['one', 'two', 'four']);
    assert.deepEqual(await texts(b.peer, 2), ['two', 'three']);
    hub.close();
  });

  it('lets go of connections that close', async (scene) => {
    const hub = createHub();
    const { ws } = await scene.accept();
    const before = ws.listenerCount('close');
    for (const topic of ['a', 'b', 'c']) hub.join(ws, topic);
    assert.equal(ws.listenerCount('close'), before + 1);
    for (const topic of ['a', 'b', 'c']) hub.leave(ws, topic);
    assert.equal(ws.listenerCount('close'), before);

    hub.join(ws, 'a');
    ws.terminate();
    await closed(ws);
    assert.equal(ws.listenerCount('close'), before);
    assert.equal(hub.leave(ws, 'a'), false);
    assert.equal(hub.join(ws, 'a'), false);
    assert.equal(ws.listenerCount('close'), before);
    assert.equal(hub.publish('a', 'x').sent, 0);
  });

  it('lets go of everything when it is closed', async (scene) => {
    const hub = createHub();
    const { ws } = await scene.accept();
    const before = ws.listenerCount('close');
    let calls = 0;
    hub.join(ws, 'a');
    const end = hub.subscribe('a', () => calls++);
    hub.close();
    assert.equal(ws.listenerCount('close'), before);
    assert.equal(hub.publish('a', 'x').sent, 0);
    assert.equal(calls, 0);
    end();
  });

  it('calls listeners, also those that publish, join and end', async (scene) => {
    const hub = createHub();
    const { ws, peer } = await scene.accept();
    const heard = [];
    const listener = (data, isBinary) => heard.push([`${data}`, isBinary]);
    const ends = [hub.subscribe('a', listener), hub.subscribe('a', listener)];
    const end = hub.subscribe('a', (data) => {
      end();
      hub.join(ws, 'b');
      hub.publish('b', `${data} passed on`);
    });
    hub.publish('a', 'text');
    ends[0]();
    ends[0]();
    hub.publish('a', Buffer.from('bytes'));
    ends[1]();
    hub.publish('a', 'nobody hears');
    assert.deepEqual(heard, [
      ['text', false],
      ['text', false],
      ['bytes', true]
    ]);
    assert.deepEqual(await texts(peer, 1), ['text passed on']);
  });

  it('has options for slow connections', async (scene) => {
    const hub = createHub({ slow: 'skip', threshold: 100_000 });
    const { ws, peer } = await scene.accept();
    hub.join(ws, 'a');
    peer.socket.pause();
    while (ws._socket.writableLength < 200_000) {
      ws.send(Buffer.alloc(200_000));
      await quiet(1);
    }
    assert.equal(hub.publish('a', 'x').skipped, 1);
    assert.equal(hub.publish('a', 'x', { threshold: 1e9 }).sent, 1);
    assert.equal(hub.publish('a', 'x', { slow: 'drop' }).dropped, 1);
  });

  it('refuses what it cannot do', async (scene) => {
    const hub = createHub();
    const { ws } = await scene.accept();
    const refusals = [
      () => hub.join(ws, 5),
      () => hub.publish(undefined, 'x'),
      () => hub.subscribe(null, () => {}),
      () => hub.subscribe('a'),
      () => hub.publish('a', {}),
      () => createHub({ slow: 'wait' }),
      () => createHub({ threshold: 5 }),
      () => createHub({ redis: 6379 }),
      () => createHub({ redis: null })
    ];
    for (const refusal of refusals) assert.throws(refusal, TypeError);
  });
});
