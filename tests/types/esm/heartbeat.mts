// framewright/heartbeat's types, in an ES module, with koa-websocket.
import {
  heartbeat,
  type Heartbeat,
  type HeartbeatOptions
} from 'framewright/heartbeat';
import { WebSocketServer } from 'ws';

const options: HeartbeatOptions = { interval: 1000 };
const beat: Heartbeat = heartbeat(
  new WebSocketServer({ noServer: true }),
  options
);
beat.close();
