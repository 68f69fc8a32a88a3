import framewright from '../index.js';

export const accelerate: typeof framewright.accelerate;
export const status: typeof framewright.status;
export const Receiver: typeof framewright.Receiver;
export const Sender: typeof framewright.Sender;
export const PerMessageDeflate: typeof framewright.PerMessageDeflate;
export const extension: typeof framewright.extension;
export const subprotocol: typeof framewright.subprotocol;

export {
  createWebSocketStream,
  WebSocket,
  WebSocketServer,
  type AddressInfo,
  type CertMeta,
  type ClientOptions,
  type CloseEvent,
  type Data,
  type ErrorEvent,
  type Event,
  type EventListenerOptions,
  type FinishRequestCallback,
  type MessageEvent,
  type PerMessageDeflateOptions,
  type RawData,
  type Server,
  type ServerOptions,
  type VerifyClientCallbackAsync,
  type VerifyClientCallbackSync
} from 'ws';

export type Status = framewright.Status;
export default framewright;
