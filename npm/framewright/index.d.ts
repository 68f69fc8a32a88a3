import WebSocket = require('ws');
import { Writable } from 'stream';

/** ws's whole surface, running on the codec. */
declare const framewright: typeof WebSocket & {
  /**
   * Makes a copy of ws run on the codec; for bundled copies, which
   * `framewright/register` can't find.
   *
   * @param ws What `require('ws')` gives, or its ES module namespace
   * @returns The same
   * @throws {TypeError} If it isn't ws 8
   */
  accelerate<T extends object>(ws: T): T;
  /** What framewright does in this process. */
  status(): framewright.Status;
  /** ws's Receiver: octets in, events out. */
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
    /** What the codec runs on; `stock` means ws is as it was. */
    backend: 'native' | 'wasm' | 'stock';
    /** Why it is that one. */
    reason: string;
    /** Every copy of ws that was found. */
    copies: Array<{
      /** The package's folder; `null` for a bundled copy. */
      path: string | null;
      version: string | null;
      accelerated: boolean;
      reason: string;
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
    /** The longest message in octets; 0 for no limit. */
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

  type RawData = WebSocket.RawData;
  type ServerOptions = WebSocket.ServerOptions;
  type ClientOptions = WebSocket.ClientOptions;
  type WebSocketServer = WebSocket.WebSocketServer;
}

export = framewright;
