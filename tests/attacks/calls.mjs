// Values that an application passes on from its users: they must never let memory out.

import assert from 'node:assert/strict';

export const calls = [
  {
    name: '`close(1000, new Float32Array(20))`',
    expected: 'TypeError, or its own bytes',
    mib: 32,
    async attack(attacked) {
      for (let i = 0; i < 20; i++) {
        const peer = await attacked.connect();
        const thrown = await attacked.call('call', {
          id: peer.id,
          method: 'close',
          args: [1000],
          value: 'floats'
        });
        if (thrown === 'TypeError') continue;
        const [[, body]] = await peer.received(1);
        assert.ok(
          body.subarray(2).every((byte) => byte === 0),
          body.toString('hex')
        );
      }
    }
  },
  ...['ping', 'pong', 'send'].map((method) => ({
    name: `\`${method}(4096)\``,
    expected: 'its digits',
    mib: 32,
    async attack(attacked) {
      const peer = await attacked.connect();
      const call = { id: peer.id, method, args: [], value: 'number' };
      assert.equal(await attacked.call('call', call), null);
      const [[, payload]] = await peer.received(1);
      assert.equal(payload.toString(), '4096');
    }
  })),
  {
    name: '`send(new Uint16Array(2))`',
    expected: 'its bytes',
    mib: 32,
    async attack(attacked) {
      const peer = await attacked.connect();
      const call = { id: peer.id, method: 'send', args: [], value: 'words' };
      assert.equal(await attacked.call('call', call), null);
      const [[, payload]] = await peer.received(1);
      assert.equal(payload.toString(), 'AABB');
    }
  }
];
