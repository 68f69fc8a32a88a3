import type { IncomingMessage } from 'http';
import type WebSocket = require('ws');
import type { Target } from './heartbeat.js';

export interface ConnectionLimit {
  /** How many there may be at the same time. */
  max: number;
  /**
   * What to do with one more: `refuse` answers the upgrade request with 503, or
   * 429 for an address; `close` completes the handshake and closes with code
   * 1013, or 1008 for an address, which a page in a browser can see; `drop`
   * terminates the connection. `refuse` by default. With `close` and `drop` the
   * app gets no `'connection'` event.
   */
  over?: 'refuse' | 'close' | 'drop';
}

export interface RateLimit {
  /** How many messages or bytes a second, on average. */
  perSecond: number;
  /**
   * How many may come at once after a quiet time; as many as `perSecond` by
   * default. Unless `over` is `pause`, a message longer than this never gets
   * through.
   */
  burst?: number;
  /**
   * What to do with more: `close` closes the connection with code 1008, `drop`
   * terminates it, `pause` stops reading from it until the average is kept,
   * `skip` leaves the message out. `close` by default.
   */
  over?: 'close' | 'drop' | 'pause' | 'skip';
}

/** A clock in place of the real timers, for tests. */
export interface LimitClock {
  setTimeout(callback: () => void, milliseconds: number): any;
  clearTimeout(timer: any): void;
  /** In milliseconds. */
  now(): number;
}

/** Something exceeded a limit. */
export interface LimitEvent {
  limit:
    | 'connections'
    | 'connectionsPerAddress'
    | 'messages'
    | 'bytes'
    | 'messageLength';
  action: 'refuse' | 'close' | 'drop' | 'pause' | 'skip';
  /** The client's address, as trusted proxies tell it. */
  address: string | undefined;
  /** Undefined if the connection was open before. */
  request?: IncomingMessage;
  /** Undefined if the request is refused. */
  websocket?: WebSocket;
}

export interface LimitsOptions {
  /** Connections in all. */
  connections?: ConnectionLimit;
  /**
   * Connections from one address; those of an IPv6 network of 64 bits count as
   * one.
   */
  connectionsPerAddress?: ConnectionLimit;
  /** Messages, pings and pongs on one connection. */
  messages?: RateLimit;
  /** Bytes of their payloads, uncompressed, on one connection. */
  bytes?: RateLimit;
  /**
   * The longest message in bytes, before inflating and after, in place of
   * `maxPayload`. A longer one is left out and the connection goes on, while
   * `maxPayload` closes it. This needs the codec: a ws that isn't accelerated
   * closes.
   */
  messageLength?: { max: number; over?: 'skip' };
  /**
   * The proxies whose `X-Forwarded-For` is believed, as the npm package
   * `proxy-addr` takes them: addresses, networks such as `10.0.0.0/8`, `loopback`,
   * `linklocal`, `uniquelocal`, or a function. None by default.
   */
  trustProxy?:
    | string
    | readonly string[]
    | ((address: string, distance: number) => boolean);
  /** Called for everything that exceeds a limit. */
  onLimit?: (event: LimitEvent) => void;
  /** The real timers by default. */
  clock?: LimitClock;
}

export interface Limits {
  /** How many connections there are. */
  readonly connections: number;
  /** How often each thing has happened. */
  readonly counts: {
    refuse: number;
    close: number;
    drop: number;
    pause: number;
    skip: number;
  };
  /** Removes the limits. */
  close(): void;
}

/**
 * Limits connections, in all and per address, and what each may send.
 *
 * @throws {TypeError} If the target or an option is not what it should be
 */
export function limits(target: Target, options: LimitsOptions): Limits;
