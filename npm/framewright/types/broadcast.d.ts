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
   * connect alike, of `createClient()` or `createCluster()`. Without it the hub
   * is this process's own. In a cluster, channels are sharded.
   */
  redis?: string | { duplicate(overrides?: any): any };
  /** What the names of the channels begin with; `framewright:` by default. */
  prefix?: string;
  /**
   * Has Redis number the messages and keep the last ones, for subscribers that
   * come back. Needs `redis`, version 7 or later of the server. False by
   * default.
   */
  history?: boolean | HistoryOptions;
  /**
   * Is told when Redis is gone and when it is back, and, at a bounded rate, of
   * messages that were left out or not shared; `console` by default.
   */
  logger?: { info(text: string): void; warn(text: string): void };
}

/** A message of a topic that Redis keeps. */
export interface Recorded {
  /** Its id. Later ones come after it. */
  id: string;
  topic: string;
  /** Not to be changed. */
  data: Buffer;
  isBinary: boolean;
}

export interface HistoryOptions {
  /** How many messages of a topic are kept, at least; 10,000 by default. */
  count?: number;
  /** For how long, in milliseconds; an hour by default. */
  age?: number;
  /**
   * Makes what connections are sent of a message. It has to have the id, which
   * the client sends when it comes back. By default that is the id, a line feed,
   * and the message.
   */
  format?: (message: Recorded) => Data;
}

/** How a connection came back to a topic. */
export interface Resumed {
  /** False if the connection was closed, or left, before it had everything. */
  joined: boolean;
  /** Whether some that it missed are kept no more. */
  missed: boolean;
  /** How many messages it was sent that it had missed. */
  replayed: number;
  /**
   * The id of the last message up to here, for a client that comes back before
   * it has got one.
   */
  id: string | undefined;
}

/** Where messages are kept no more that would be next. */
export interface Missed {
  topic: string;
  /** Whose they were: tell them to begin again. */
  connections: readonly WebSocket[];
  /** The listener that came back for them, if it was one. */
  listener?: (data: Buffer, isBinary: boolean, id: string) => void;
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
   * With `history`: has its id as well, and first all messages after the id
   * `after`, if that is given.
   */
  subscribe(
    topic: string,
    listener: (data: Buffer, isBinary: boolean, id: string) => void,
    options?: { after?: string }
  ): () => void;
  /**
   * With `history`: lets a connection come back to a topic. It is sent what it
   * missed after the id `after`, in order and once, then what comes. An id that
   * nobody gave out counts as one that is kept no more. Without an id, it gets
   * what comes from now on.
   *
   * @throws {TypeError} If the hub has no history
   */
  resume(ws: WebSocket, topic: string, after?: string): Promise<Resumed>;
  /**
   * Sends a message to all connections that have joined a topic: those of this
   * process at once, those of others by way of Redis, at most once each. Other
   * processes have their own options for slow connections.
   *
   * Messages on one topic keep their order.
   *
   * With `history`, a message reaches this process's connections too once Redis
   * has numbered it: the counts are 0, and only `binary` can be given. It waits
   * while Redis isn't there.
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
  /** With `history`, where messages can't be had any more. */
  on(event: 'missed', listener: (missed: Missed) => void): this;
  once(event: 'missed', listener: (missed: Missed) => void): this;
}

/**
 * @throws {TypeError} If an option is not what it should be
 * @throws {Error} If `options.redis` is a URL and the npm package `redis` is
 *   not installed
 */
export function createHub(options?: HubOptions): Hub;
