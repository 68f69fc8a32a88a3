import type WebSocket = require('ws');

/** `app.ws` of koa-websocket or framewright/koa, before or after `listen()`. */
interface KoaServer {
  listen(...args: any[]): unknown;
  onConnection(...args: any[]): unknown;
  use(...args: any[]): unknown;
}

/** What has connections: one, a server, or a Koa app with WebSockets. */
export type Target =
  WebSocket | WebSocket.Server | KoaServer | { readonly ws: KoaServer };

/** What tells the time in place of the real timers, for tests. */
export interface Clock {
  setInterval(callback: () => void, milliseconds: number): any;
  clearInterval(timer: any): void;
  /** In milliseconds. */
  now(): number;
}

export interface HeartbeatOptions {
  /**
   * How long a connection may be silent before it is pinged, in milliseconds;
   * 30,000 by default. A quiet connection is pinged once an interval, one that
   * sends something more often never.
   */
  interval?: number;
  /**
   * How long it may take to answer before it counts as dead, in milliseconds;
   * 10,000 by default.
   */
  timeout?: number;
  /** Called with a dead connection before it is terminated. */
  onDead?: (ws: WebSocket) => void;
  /**
   * The real timers by default, as they were when framewright was loaded:
   * timers that a test replaces make no difference to them.
   */
  clock?: Clock;
}

/** What looks after connections. */
export interface Heartbeat {
  /** How many connections it looks after. */
  readonly size: number;
  /** What it has sent, got, and terminated so far. */
  readonly counts: { dead: number; pings: number; pongs: number };
  /**
   * What the last ping of a connection took to come back, in milliseconds;
   * undefined if none was needed yet.
   */
  roundTrip(ws: WebSocket): number | undefined;
  /** Lets go of all connections. They stay open. */
  close(): void;
}

/**
 * Pings connections that are silent, and terminates those that don't answer:
 * within `interval` and `timeout` after their last byte. All connections share
 * one timer, which keeps no process alive.
 *
 * @throws {TypeError} If the target or an option is not what it should be
 */
export function heartbeat(
  target: Target,
  options?: HeartbeatOptions
): Heartbeat;
