// Runs in a process of its own, whose uncaught exceptions are part of what is tested.

import { compress } from '../../lib/compressed.mjs';
import {
  CLOSE,
  CONTINUATION,
  PING,
  TEXT,
  closeBody
} from '../../lib/frames.mjs';
import { loadAccelerated, loadCopy } from '../../lib/ws-copies.mjs';

import { Scene, quiet } from './scene.mjs';
import { OurScene } from './transport.mjs';

const [, , name, against] = process.argv;
const text = (payload) => ({ opcode: TEXT, payload });
const compressed = (payload) => ({
  rsv: 4,
  opcode: TEXT,
  payload: compress(Buffer.from(payload))
});

const FRAMES = {
  message: [text('one'), text('two'), text('three')],
  ping: [text('one'), { opcode: PING, payload: 'p' }, text('two')],
  fragments: [
    { fin: false, opcode: TEXT, payload: 'one' },
    { opcode: PING, payload: 'p' },
    { opcode: CONTINUATION, payload: 'two' }
  ],
  compressed: [compressed('one'), compressed('two'), text('three')],
  deferred: [text('one'), text('two'), text('three')],
  close: [text('one'), { opcode: CLOSE, payload: closeBody(1000, 'bye') }]
};

const trace = [];
process.on('uncaughtException', ({ message }) => {
  trace.push(`uncaught ${message}`);
});

const scene =
  against === 'stock'
    ? new Scene(loadCopy('8.23'))
    : new OurScene(loadAccelerated('8.23'));
const { ws, peer } = await scene.accept(
  {
    allowSynchronousEvents: name !== 'deferred',
    perMessageDeflate: name === 'compressed'
  },
  { 'Sec-WebSocket-Extensions': 'permessage-deflate' }
);
ws.on('message', (data) => {
  trace.push(`message ${data}`);
  if (name !== 'ping') throw new Error(`${data}`);
});
ws.on('ping', (data) => {
  trace.push(`ping ${data}`);
  throw new Error(`${data}`);
});
ws.on('close', (code, reason) => trace.push(`close ${code} ${reason}`));
peer.send(...FRAMES[name]);
await quiet();
if (name === 'close') {
  peer.socket.end();
} else {
  peer.send(text('later'));
  await quiet();
  ws.ping();
  if ((await peer.received(1)).length > 0) trace.push('pong');
}
await quiet();
process.send({ trace });
