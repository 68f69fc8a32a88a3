import framewright from './index.js';

export const accelerate: typeof framewright.accelerate;
export const status: typeof framewright.status;
export const Receiver: typeof framewright.Receiver;
export const Sender: typeof framewright.Sender;

export {
  createWebSocketStream,
  WebSocket,
  WebSocketServer,
  type RawData,
  type ServerOptions,
  type ClientOptions
} from 'ws';

export type Status = framewright.Status;
export default framewright;
