// framewright/broadcast's types, in an ES module, with a Redis client.
import {
  broadcast,
  createHub,
  type Counts,
  type Hub,
  type Missed,
  type Published,
  type PublishError,
  type Resumed
} from 'framewright/broadcast';
import { createClient, createCluster } from 'redis';
import { WebSocketServer } from 'ws';

const hub: Hub = createHub({
  redis: createClient({ url: 'redis://127.0.0.1' }),
  logger: { info: () => {}, warn: () => {} }
});
const { clients } = new WebSocketServer({ noServer: true });
const counts: Counts = broadcast(clients, 'x');

hub.once('shared', () => hub.publish('n', [Buffer.from('a')]));
createHub({ redis: 'redis://127.0.0.1' }).close();
void counts.closed;

const published: Published = hub.publish('n', 'x');
// What took counts before still does.
const alike: Counts = published;
published.shared.catch((err: PublishError) => {
  if (err.code === 'ERR_REDIS_BACKLOG') return err.cause;
  // @ts-expect-error There is no such code.
  return err.code === 'ERR_OTHER';
});
void alike;

const recorded: Hub = createHub({
  redis: createCluster({ rootNodes: [{ url: 'redis://127.0.0.1' }] }),
  history: { count: 10, age: 1000, format: ({ id, data }) => `${id} ${data}` }
});
recorded.on('missed', ({ topic, connections }: Missed) => {
  for (const ws of connections) ws.send(topic);
});
recorded.subscribe('n', (data, isBinary, id) => id.length, { after: '0-0' });
for (const ws of clients) {
  const resumed: Promise<Resumed> = recorded.resume(ws, 'n', '0-0');
  void resumed;
}
// @ts-expect-error It is `count`.
createHub({ redis: 'redis://127.0.0.1', history: { size: 1 } });
