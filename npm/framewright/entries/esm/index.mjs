import framewright from '../index.js';

export const {
  accelerate,
  createWebSocketStream,
  extension,
  PerMessageDeflate,
  Receiver,
  Sender,
  status,
  subprotocol,
  WebSocket,
  WebSocketServer
} = framewright;

export default framewright;
