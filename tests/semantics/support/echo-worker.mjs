// Echoes messages over a socket inside this thread, on ws accelerated.

import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

import { OurScene } from './transport.mjs';

const require = createRequire(import.meta.url);
const { WebSocket, WebSocketServer, status } = require('framewright');

const COUNT = 100;

const scene = new OurScene({ WebSocket, WebSocketServer });
const { ws, client } = await scene.pair();
ws.on('message', (data) => ws.send(data));

let echoed = 0;
const done = new Promise((resolve) => {
  client.on('message', (data) => {
    if (`${data}` !== `message ${echoed}`) throw new Error(`got ${data}`);
    echoed++;
    if (workerData?.endless) client.send(`message ${echoed}`);
    if (echoed === COUNT) resolve();
  });
});
if (workerData?.endless) client.send('message 0');
else for (let i = 0; i < COUNT; i++) client.send(`message ${i}`);
await done;

const { counters, backend } = status();
parentPort.postMessage({ echoed, frames: counters.frames, backend });
if (!workerData?.endless) await scene.end();
