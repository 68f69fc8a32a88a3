// framewright/limits' types, in CommonJS.
import { limits } from 'framewright/limits';
import ws = require('ws');

const server = new ws.WebSocketServer({ noServer: true });
const limited = limits(server, {
  connections: { max: 1000 },
  connectionsPerAddress: { max: 10, over: 'close' },
  messages: { perSecond: 50, burst: 100, over: 'skip' },
  bytes: { perSecond: 1 << 20, over: 'pause' },
  trustProxy: ['loopback', '10.0.0.0/8'],
  onLimit: ({ action, address, limit, websocket }) => {
    const text: string = `${limit} ${action} ${address ?? ''}`;
    websocket?.send(text);
  }
});
const paused: number = limited.counts.pause;
limits(new ws('ws://127.0.0.1'), { messages: { perSecond: 5 } }).close();

// @ts-expect-error There is no such option.
limits(server, { connection: { max: 5 } });
// @ts-expect-error A connection can't be skipped.
limits(server, { connections: { max: 5, over: 'skip' } });
// @ts-expect-error A message can't be refused.
limits(server, { messages: { perSecond: 5, over: 'refuse' } });
// @ts-expect-error A limit of what?
limits(server, { bytes: {} });
void [paused, limited.connections];
