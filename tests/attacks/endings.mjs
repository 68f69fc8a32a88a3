// Connections that end where they shouldn't.

import assert from 'node:assert/strict';

import { BINARY, PING, TEXT } from '../lib/frames.mjs';

const hello = { opcode: TEXT, payload: 'hello' };

export const endings = [
  {
    name: 'a half-close in the middle of a frame',
    expected: 'closed, 1006',
    mib: 32,
    async attack(attacked) {
      const peer = await inMiddleOfFrame(attacked);
      peer.socket.end();
      assert.equal((await attacked.closed(peer)).close, 1006);
    }
  },
  {
    name: 'a reset in the middle of a frame',
    expected: 'closed, 1006',
    mib: 32,
    async attack(attacked) {
      const peer = await inMiddleOfFrame(attacked);
      peer.socket.resetAndDestroy();
      assert.equal((await attacked.closed(peer)).close, 1006);
    }
  },
  {
    name: 'a reset where nobody listens for `error`',
    expected: 'closed, 1006',
    mib: 32,
    async attack(attacked) {
      const peer = await inMiddleOfFrame(attacked, { 'X-Listener': 'none' });
      peer.socket.resetAndDestroy();
      assert.equal((await attacked.closed(peer)).close, 1006);
    }
  },
  ...['destroy', 'terminate'].map((behaviour) => ({
    name: `\`${behaviour}()\` inside a handler, with more after it`,
    expected: 'closed, 1006',
    mib: 32,
    async attack(attacked) {
      const peer = await attacked.connect('plain', {
        'X-Behaviour': behaviour
      });
      peer.send(...Array(100).fill(hello));
      assert.equal((await attacked.closed(peer)).close, 1006);
    }
  })),
  {
    name: 'a handler that throws',
    expected: 'the connection goes on',
    mib: 32,
    uncaught: Array(3).fill('thrown by a handler'),
    async attack(attacked) {
      const peer = await attacked.connect('plain', { 'X-Behaviour': 'throw' });
      peer.send(hello, hello, hello, { opcode: PING });
      await peer.received(1);
      const { messages } = await attacked.call('record', { id: peer.id });
      assert.equal(messages, 3);
    }
  }
];

async function inMiddleOfFrame(attacked, headers) {
  const peer = await attacked.connect('plain', headers);
  peer.send(
    { opcode: PING },
    { opcode: BINARY, lenBits: 16, declaredLen: 60_000n, payload: 'begun' }
  );
  await peer.received(1);
  return peer;
}
