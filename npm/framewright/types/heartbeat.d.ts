import type WebSocket = require('ws');

/** `app.ws` of koa-websocket or framewright/koa, before or after `listen()`. */
interface KoaServer {
  listen(...args: any[]): unknown;
  onConnection(...args: any[]): unknown;
  use(...args: any[]): unknown;
}

/** Where the connections are: one, a server, or a Koa app with WebSockets. */
export type Target =
  WebSocket | WebSocket.Server | KoaServer | { readonly ws: KoaServer };

/** A clock in place of the real timers, for tests. */
export interface Clock {
  setInterval(callback: () => void, milliseconds: number): any;
  clearInterval(timer: any): void;
  /** In milliseconds. */
  now(): number;
}

export interface HeartbeatOptions {
  /**
   * How long a connection may be silent before it is pinged, in milliseconds;
   * 30,000 by default. A quiet connection is pinged once an interval. One that
   * sends more often is never pinged.
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
   * replacing timers in a test doesn't affect them.
   */
  clock?: Clock;
}

/** Watches connections. */
export interface Heartbeat {
  /** How many connections it watches. */
  readonly size: number;
  /** What it has sent, received and terminated so far. */
  readonly counts: { dead: number; pings: number; pongs: number };
  /**
   * How long the last ping of a connection took to come back, in milliseconds;
   * undefined if none was needed yet.
   */
  roundTrip(ws: WebSocket): number | undefined;
  /** Stops watching. All connections stay open. */
  close(): void;
}

/**
 * Pings connections that are silent, and terminates those that don't answer,
 * within `interval` and `timeout` after their last byte. All connections share
 * one timer, which doesn't keep the process alive.
 *
 * @throws {TypeError} If the target or an option is not what it should be
 */
export function heartbeat(
  target: Target,
  options?: HeartbeatOptions
): Heartbeat;
