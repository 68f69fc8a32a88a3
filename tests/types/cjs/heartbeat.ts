// framewright/heartbeat's types, in CommonJS.
import Koa = require('koa');
import { heartbeat } from 'framewright/heartbeat';
import websockify = require('framewright/koa');
import ws = require('ws');

const server = new ws.WebSocketServer({ noServer: true });
const beat = heartbeat(server, {
  interval: 30_000,
  timeout: 10_000,
  onDead: (dead) => void dead.url
});
const trip: number | undefined = beat.roundTrip(new ws('ws://127.0.0.1'));
heartbeat(new ws('ws://127.0.0.1')).close();
const app = websockify(new Koa());
heartbeat(app);
heartbeat(app.ws, { clock: { setInterval, clearInterval, now: Date.now } });

// @ts-expect-error There is no such option.
heartbeat(server, { intervall: 5 });
// @ts-expect-error It has no connections.
heartbeat({});
void [trip, beat.size, beat.counts.dead];
