// A server of scaling.mjs, in a process of its own: `node server.mjs <plain|history> <URL of Redis>`. It tells its parent
// its port, and obeys commands.

import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import { WebSocketServer } from 'framewright';
import { createHub } from 'framewright/broadcast';

const TOPICS = 1000;
const PAYLOAD = 'x'.repeat(100);

const [kind, url] = process.argv.slice(2);
const history = kind === 'history' ? { count: 10_000 } : undefined;
const hub = createHub({ redis: url, history });
const wss = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  backlog: 4096,
  clientTracking: true
});
wss.on('connection', (ws, req) => {
  const after = new URL(req.url, 'http://x').searchParams.get('after');
  if (history) hub.resume(ws, 'all', after || undefined);
  else hub.join(ws, 'all');
});
for (const topic of ['all', 'shared']) hub.subscribe(topic, () => {});
await once(hub, 'shared');
process.send(wss.address().port);

const commands = {
  async fanOut(count) {
    // Bursts of ten, as fast as they leave.
    for (let i = 0; i < count; i += 10) {
      const shared = Array.from(
        { length: 10 },
        () => hub.publish('all', PAYLOAD).shared
      );
      await Promise.all(shared);
    }
  },
  async publish(count, topic) {
    const before = process.cpuUsage();
    const start = performance.now();
    const waiting = [];
    for (let i = 0; i < count; i++) {
      const name = topic === 'shared' ? topic : `${topic} ${i % TOPICS}`;
      waiting.push(hub.publish(name, PAYLOAD).shared);
      if (i % 1000 === 999) await Promise.all(waiting.splice(0));
    }
    await Promise.all(waiting);
    const { system, user } = process.cpuUsage(before);
    process.send({
      cpu: system + user,
      seconds: (performance.now() - start) / 1000
    });
  },
  async figures() {
    globalThis.gc();
    await delay(300);
    const { system, user } = process.cpuUsage();
    process.send({
      cpu: system + user,
      rss: process.memoryUsage.rss(),
      connections: wss.clients.size
    });
  }
};
process.on('message', ({ command, count, topic }) => {
  commands[command](count, topic);
});
