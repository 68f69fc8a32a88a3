// Programs whose end is looked at: `node child.mjs idle` or `throws`.

import { once } from 'node:events';

import { heartbeat } from 'framewright/heartbeat';
import { WebSocket, WebSocketServer } from 'ws';

import { ManualClock } from './manual-clock.mjs';
import { startSilentProxy } from './silent-proxy.mjs';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
await once(server, 'listening');
const proxy = await startSilentProxy(server.address().port);

async function connect(port) {
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  await Promise.all([once(client, 'open'), once(server, 'connection')]);
  return client;
}

const children = {
  /** Nothing but the heartbeat's timer is left to keep the process alive. */
  async idle() {
    const client = await connect(server.address().port);
    heartbeat(server);
    heartbeat(client, { interval: 1000 });
    client._socket.unref();
    for (const { _socket } of server.clients) _socket.unref();
    server._server.unref();
    proxy.listener.unref();
  },

  /** `onDead` throws: the connections are terminated all the same. */
  async throws() {
    const thrown = [];
    process.on('uncaughtException', (err) => thrown.push(err.message));
    const clients = [await connect(proxy.port), await connect(proxy.port)];
    const ends = [...server.clients];
    const clock = new ManualClock();
    heartbeat(server, {
      clock,
      onDead: () => {
        throw new Error(`thrown ${thrown.length}`);
      }
    });
    proxy.silence(0);
    proxy.silence(1);
    for (let i = 0; i < 1000 && clock.size > 0; i++) {
      clock.step();
      await new Promise(setImmediate);
    }
    console.log(
      JSON.stringify({ thrown, states: ends.map((end) => end.readyState) })
    );
    for (const client of clients) client.terminate();
    proxy.close();
    server.close();
  }
};

await children[process.argv[2]]();
