import type { EventEmitter } from 'events';
import type WebSocket = require('ws');

/** A message; a list of views is joined. */
export type Data =
  | string
  | number
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | readonly ArrayBufferView[];

export interface MessageOptions {
  /** By default whatever isn't a string or a number is binary. */
  binary?: boolean;
  /**
   * Whether the message is compressed for the connections that negotiated
   * permessage-deflate; true by default. It is compressed once for all that
   * agreed on the same without context takeover of the server (RFC 7692,
   * section 7.1.1.1), and once for each of the others.
   */
  compress?: boolean;
}

export interface SlowOptions {
  /**
   * What becomes of a connection that is behind by more than `threshold`:
   * `skip` leaves the message out, `drop` terminates the connection, `close`
   * closes it with code 1013 (try again later). By default no connection counts
   * as slow.
   */
  slow?: 'skip' | 'drop' | 'close';
  /**
   * The greatest `bufferedAmount` of a connection that isn't slow, in bytes;
   * 1 MiB by default.
   */
  threshold?: number;
}

export interface BroadcastOptions extends MessageOptions, SlowOptions {}

/** How many connections a message went to, and what became of the slow ones. */
export interface Counts {
  sent: number;
  skipped: number;
  dropped: number;
  closed: number;
}

/** A message that is framed once, for any number of connections and times. */
export interface Prepared {
  readonly binary: boolean;
  readonly compress: boolean;
  /** The message's bytes, not to be changed. */
  readonly payload: Buffer;
  /**
   * Sends the message on one connection, as `ws.send()` would.
   *
   * @param cb Called once, when it is written out or has failed
   */
  send(ws: WebSocket, cb?: (err?: Error) => void): void;
}

/**
 * Frames a message once. It has its own copy of the data.
 *
 * @throws {TypeError} If the data is of another type
 */
export function prepare(data: Data, options?: MessageOptions): Prepared;

/**
 * Sends a message to all of `clients` that are open, in order with whatever
 * else is sent on them. It leaves when the current chunk's handlers are done
 * or, outside of them, when the microtasks run: several messages to the same
 * connections leave together.
 *
 * @throws {TypeError} If the data or an option is not what it should be
 */
export function broadcast(
  clients: Iterable<WebSocket>,
  data: Data | Prepared,
  options?: BroadcastOptions
): Counts;

/**
 * Waits until a connection's `bufferedAmount` is at most `threshold` bytes,
 * 0 by default. Rejected with code `ERR_CONNECTION_CLOSED` if the connection
 * is closed before that.
 */
export function drained(
  ws: WebSocket,
  options?: { threshold?: number }
): Promise<void>;

export interface HubOptions extends SlowOptions {
  /** Whether what comes from other processes is compressed; true by default. */
  compress?: boolean;
  /**
   * The URL of a Redis server, or a client of the npm package `redis` to
   * connect alike. Without it the hub is this process's own.
   */
  redis?: string | { duplicate(overrides?: any): any };
  /** What the names of the channels begin with; `framewright:` by default. */
  prefix?: string;
  /**
   * Is told when Redis is gone and when it is back, and, at a bounded rate, of
   * messages that were left out or not shared; `console` by default.
   */
  logger?: { info(text: string): void; warn(text: string): void };
}

/**
 * Why a message was not shared with other processes:
 *
 * - `ERR_REDIS_AWAY`: Redis wasn't there.
 * - `ERR_REDIS_BACKLOG`: 16 MiB or 262,144 messages were waiting for Redis. Wait
 *   for `shared` of earlier messages before you publish more.
 * - `ERR_MESSAGE_TOO_LONG`: It is longer than 16 MiB.
 * - `ERR_REDIS_REFUSED`: Redis answered with an error, which is the `cause`.
 * - `ERR_REDIS_LOST`: The connection to Redis was lost before it answered. The
 *   message may have reached other processes.
 * - `ERR_HUB_CLOSED`: The hub was closed before Redis answered, or before the
 *   message was published. It may have reached other processes.
 */
export interface PublishError extends Error {
  code:
    | 'ERR_HUB_CLOSED'
    | 'ERR_MESSAGE_TOO_LONG'
    | 'ERR_REDIS_AWAY'
    | 'ERR_REDIS_BACKLOG'
    | 'ERR_REDIS_LOST'
    | 'ERR_REDIS_REFUSED';
}

/** What became of a message in this process, and whether others can have it. */
export interface Published extends Counts {
  /**
   * Resolved when Redis has taken the message, and at once if the hub has no
   * Redis. Rejected with a `PublishError` if it was not shared. Nobody has to
   * handle that: the hub logs it too. Not enumerable.
   *
   * Redis Pub/Sub keeps nothing. What it loses after it has taken a message
   * (because it is killed, or another process reads too slowly) isn't told here.
   */
  readonly shared: Promise<void>;
}

/**
 * Topics that connections can join. With Redis, what one process publishes
 * reaches all. Emits `shared` when Redis has come (back), and `local` when it is
 * gone and messages reach only this process.
 */
export interface Hub extends EventEmitter {
  /** Whether what is published here reaches other processes. */
  readonly isShared: boolean;
  /**
   * Lets a connection have what is published on a topic. It leaves by itself
   * when it closes.
   *
   * @returns Whether it has joined; a closed connection doesn't
   */
  join(ws: WebSocket, topic: string): boolean;
  /** @returns Whether it had joined */
  leave(ws: WebSocket, topic: string): boolean;
  /**
   * Calls a function with each message that is published on a topic, here or
   * in another process. `data` is not to be changed.
   *
   * @returns Ends it
   */
  subscribe(
    topic: string,
    listener: (data: Buffer, isBinary: boolean) => void
  ): () => void;
  /**
   * Sends a message to all connections that have joined a topic: those of this
   * process at once, those of others by way of Redis, at most once each. Other
   * processes have their own options for slow connections.
   *
   * Messages on one topic keep their order.
   *
   * @returns What became of it in this process, and a promise that Redis has
   *   taken it
   */
  publish(
    topic: string,
    data: Data | Prepared,
    options?: BroadcastOptions
  ): Published;
  /**
   * Lets go of all connections, listeners and Redis. It waits for nothing: what
   * Redis has not taken yet is given up.
   */
  close(): void;
  on(event: 'shared' | 'local', listener: () => void): this;
  once(event: 'shared' | 'local', listener: () => void): this;
}

/**
 * @throws {TypeError} If an option is not what it should be
 * @throws {Error} If `options.redis` is a URL and the npm package `redis` is
 *   not installed
 */
export function createHub(options?: HubOptions): Hub;
