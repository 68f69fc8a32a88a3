import WebSocket = require('ws');
import { IncomingMessage } from 'http';
import { Writable } from 'stream';

/** All of ws, running on the codec. */
declare const framewright: typeof WebSocket & {
  /**
   * Makes a copy of ws run on the codec. Meant for bundled copies, which
   * `framewright/register` only finds at their first connection.
   *
   * @param ws What `require('ws')` gives, its ES module namespace, or its class
   *   WebSocket
   * @returns The same
   * @throws {TypeError} If it isn't ws 8
   */
  accelerate<T extends object>(ws: T): T;
  /** What framewright does in this process. */
  status(): framewright.Status;
  /** ws's negotiation and compression, where this copy of ws exports it (8.20). */
  PerMessageDeflate: new (options?: object, ...rest: unknown[]) => object;
  /** `Sec-WebSocket-Extensions`, where this copy of ws exports it (8.20). */
  extension: {
    format(extensions: object): string;
    parse(header: string): Record<string, object[]>;
  };
  /** `Sec-WebSocket-Protocol`, where this copy of ws exports it (8.20). */
  subprotocol: { parse(header: string): Set<string> };
  /** ws's Receiver: bytes in, events out. */
  Receiver: new (options?: framewright.ReceiverOptions) => Writable;
  /** ws's Sender: messages in, frames out. */
  Sender: new (
    socket: import('stream').Duplex,
    extensions?: object,
    generateMask?: (mask: Buffer) => void
  ) => framewright.Sender;
};

interface framewright extends WebSocket {}

declare namespace framewright {
  interface Status {
    /** What the codec runs on; `stock` means that ws is unchanged. */
    backend: 'native' | 'wasm' | 'stock';
    /** Why it was chosen. */
    reason: string;
    /** How sockets are read and written. */
    io: {
      /**
       * `direct` bypasses Node's streams where nobody can tell the difference.
       */
      reading: 'direct' | 'streams';
      /** The same for sending. */
      writing: 'direct' | 'streams';
      /** Why it was chosen. */
      reason: string;
      /** How many chunks were read directly. */
      chunks: number;
      /** How often something was sent directly. */
      sends: number;
    };
    /** Every copy of ws that was found. */
    copies: Array<{
      /** The package's folder; `null` for a bundled copy. */
      path: string | null;
      version: string | null;
      accelerated: boolean;
      reason: string;
      /**
       * The other copy of framewright in this process that accelerated it
       * first, if there is one.
       */
      by?: { version: string | null; path: string | null };
    }>;
    /** What the codec itself has counted. */
    counters: {
      /** Socket chunks decoded. */
      chunks: number;
      /** Frames decoded, control frames included. */
      frames: number;
      /** Data messages decoded. */
      messages: number;
      /** Payloads masked. */
      masked: number;
      /** Decoders in use. */
      decoders: number;
    };
    /** What `framewright/metrics` has counted, if any are kept. */
    metrics?: import('./metrics.js').Snapshot[];
  }

  interface ReceiverOptions {
    allowSynchronousEvents?: boolean;
    binaryType?: 'nodebuffer' | 'arraybuffer' | 'fragments' | 'blob';
    extensions?: object;
    isServer?: boolean;
    /** The most chunks one incomplete frame may be spread over; 0 for no limit. */
    maxBufferedChunks?: number;
    /** The most fragments in one message; 0 for no limit. */
    maxFragments?: number;
    /** The longest message in bytes; 0 for no limit. */
    maxPayload?: number;
    skipUTF8Validation?: boolean;
  }

  interface Sender {
    send(data: unknown, options: object, cb?: (err?: Error) => void): void;
    ping(data: unknown, mask?: boolean, cb?: (err?: Error) => void): void;
    pong(data: unknown, mask?: boolean, cb?: (err?: Error) => void): void;
    close(
      code?: number,
      data?: string | Buffer,
      mask?: boolean,
      cb?: (err?: Error) => void
    ): void;
  }

  // All the names of @types/ws.
  type AddressInfo = WebSocket.AddressInfo;
  type CertMeta = WebSocket.CertMeta;
  type ClientOptions = WebSocket.ClientOptions;
  type CloseEvent = WebSocket.CloseEvent;
  type Data = WebSocket.Data;
  type ErrorEvent = WebSocket.ErrorEvent;
  type Event = WebSocket.Event;
  type EventListenerOptions = WebSocket.EventListenerOptions;
  type FinishRequestCallback = WebSocket.FinishRequestCallback;
  type MessageEvent = WebSocket.MessageEvent;
  type PerMessageDeflateOptions = WebSocket.PerMessageDeflateOptions;
  type RawData = WebSocket.RawData;
  type Server<
    T extends typeof WebSocket = typeof WebSocket,
    U extends typeof IncomingMessage = typeof IncomingMessage
  > = WebSocket.Server<T, U>;
  type ServerOptions<
    T extends typeof WebSocket = typeof WebSocket,
    U extends typeof IncomingMessage = typeof IncomingMessage
  > = WebSocket.ServerOptions<T, U>;
  type VerifyClientCallbackAsync<
    Request extends IncomingMessage = IncomingMessage
  > = WebSocket.VerifyClientCallbackAsync<Request>;
  type VerifyClientCallbackSync<
    Request extends IncomingMessage = IncomingMessage
  > = WebSocket.VerifyClientCallbackSync<Request>;
  type WebSocket = import('ws').WebSocket;
  type WebSocketEventMap = WebSocket.WebSocketEventMap;
  type WebSocketServer = WebSocket.WebSocketServer;
}

export = framewright;
