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
  /** By default, everything but strings and numbers is binary. */
  binary?: boolean;
  /**
   * Whether the message is compressed for the connections that negotiated
   * permessage-deflate; true by default. It is compressed once for all
   * connections with equal parameters where the server takes no context over
   * (RFC 7692, section 7.1.1.1), and once for each of the others.
   */
  compress?: boolean;
}

export interface SlowOptions {
  /**
   * What to do with a connection that has more than `threshold` waiting:
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

/** How many connections got a message, and what was done to the slow ones. */
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
  /** The message's bytes; don't change them. */
  readonly payload: Buffer;
  /**
   * Sends the message on one connection, as `ws.send()` would.
   *
   * @param cb Called once, when it is written out or has failed
   */
  send(ws: WebSocket, cb?: (err?: Error) => void): void;
}

/**
 * Frames a message once. The result has its own copy of the data.
 *
 * @throws {TypeError} If the data is of another type
 */
export function prepare(data: Data, options?: MessageOptions): Prepared;

/**
 * Sends a message to all of `clients` that are open, in order with everything
 * else that is sent on them. It leaves when the current chunk's handlers are
 * done or, outside of handlers, when the microtasks run: several messages to
 * the same connections leave together.
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
   * The URL of a Redis server, or a client of the npm package `redis`, made by
   * `createClient()` or `createCluster()`, to connect in the same way. Without
   * it the hub is this process's own. In a cluster, channels are sharded.
   */
  redis?: string | { duplicate(overrides?: any): any };
  /** What the names of the channels begin with; `framewright:` by default. */
  prefix?: string;
  /**
   * Makes Redis number the messages and keep the last ones, for subscribers
   * that come back. Needs `redis`, with a server of version 7 or later. False
   * by default.
   */
  history?: boolean | HistoryOptions;
  /**
   * Told when Redis is gone and when it is back, and, at a bounded rate, about
   * messages that were left out or not shared; `console` by default.
   */
  logger?: { info(text: string): void; warn(text: string): void };
}

/** A message of a topic that Redis keeps. */
export interface Recorded {
  /** Its id. Later ones come after it. */
  id: string;
  topic: string;
  /** Don't change it. */
  data: Buffer;
  isBinary: boolean;
}

export interface HistoryOptions {
  /** The least number of messages of a topic to keep; 10,000 by default. */
  count?: number;
  /** For how long, in milliseconds; an hour by default. */
  age?: number;
  /**
   * Makes what connections are sent for a message. It must contain the id,
   * which the client sends when it comes back. By default it is the id, a line
   * feed, and the message.
   */
  format?: (message: Recorded) => Data;
}

/** How a connection came back to a topic. */
export interface Resumed {
  /** False if the connection was closed, or left, before it had everything. */
  joined: boolean;
  /** Whether some messages that it missed are no longer kept. */
  missed: boolean;
  /** How many missed messages it was sent. */
  replayed: number;
  /**
   * The id of the last message so far, for a client that comes back before it
   * has received one.
   */
  id: string | undefined;
}

/** Some messages that a subscriber missed are no longer kept. */
export interface Missed {
  topic: string;
  /** The connection that missed them: tell it to begin again. */
  connections: readonly WebSocket[];
  /** The listener that missed them, if it was one. */
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

/** What a message did in this process, and whether others can get it. */
export interface Published extends Counts {
  /**
   * Resolved when Redis has taken the message, and at once if the hub has no
   * Redis. Rejected with a `PublishError` if it was not shared. Nobody has to
   * handle that: the hub logs it too. Not enumerable.
   *
   * Redis Pub/Sub keeps nothing. What it loses later, because it is killed or
   * another process reads too slowly, isn't reported here.
   */
  readonly shared: Promise<void>;
}

/**
 * Topics that connections can join. With Redis, what one process publishes
 * reaches all. Emits `shared` when Redis has come (back), and `local` when it
 * is gone and messages only reach this process.
 */
export interface Hub extends EventEmitter {
  /** Whether what is published here reaches other processes. */
  readonly isShared: boolean;
  /**
   * Sends a connection everything that is published on a topic, until it leaves
   * or closes.
   *
   * @returns Whether it has joined; a closed connection doesn't
   */
  join(ws: WebSocket, topic: string): boolean;
  /** @returns Whether it had joined */
  leave(ws: WebSocket, topic: string): boolean;
  /**
   * Calls a function with each message that is published on a topic, here or in
   * another process. Don't change `data`.
   *
   * @returns Stops that
   */
  subscribe(
    topic: string,
    listener: (data: Buffer, isBinary: boolean) => void
  ): () => void;
  /**
   * With `history`: also gets the message's id, and first all messages after
   * the id `after`, if given.
   */
  subscribe(
    topic: string,
    listener: (data: Buffer, isBinary: boolean, id: string) => void,
    options?: { after?: string }
  ): () => void;
  /**
   * With `history`: lets a connection come back to a topic. It is sent what it
   * missed after the id `after`, in order and once, and then new messages. An
   * unknown id counts as one that is no longer kept. Without an id, it only
   * gets new messages.
   *
   * @throws {TypeError} If the hub has no history
   */
  resume(ws: WebSocket, topic: string, after?: string): Promise<Resumed>;
  /**
   * Sends a message to all connections that have joined a topic: to those of
   * this process at once, to those of others through Redis, at most once each.
   * Other processes use their own options for slow connections.
   *
   * Messages on one topic keep their order.
   *
   * With `history`, a message also reaches this process's connections once
   * Redis has numbered it: the counts are 0, and `binary` is the only option.
   * It waits while Redis can't be reached.
   *
   * @returns What it did in this process, and a promise that Redis has taken it
   */
  publish(
    topic: string,
    data: Data | Prepared,
    options?: BroadcastOptions
  ): Published;
  /**
   * Releases all connections and listeners, and leaves Redis. It doesn't wait:
   * what Redis has not taken yet is dropped.
   */
  close(): void;
  on(event: 'shared' | 'local', listener: () => void): this;
  once(event: 'shared' | 'local', listener: () => void): this;
  /** With `history`, when messages are no longer available. */
  on(event: 'missed', listener: (missed: Missed) => void): this;
  once(event: 'missed', listener: (missed: Missed) => void): this;
}

/**
 * @throws {TypeError} If an option is not what it should be
 * @throws {Error} If `options.redis` is a URL and the npm package `redis` is
 *   not installed
 */
export function createHub(options?: HubOptions): Hub;
