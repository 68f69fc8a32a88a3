import type WebSocket = require('ws');
import type { Target } from './heartbeat.js';

/** Messages in one direction. */
export interface Traffic {
  text: { messages: number; bytes: number };
  binary: { messages: number; bytes: number };
  pings: number;
  pongs: number;
  /**
   * Bytes of the socket, with all of the frames; with TLS, before encryption.
   */
  wireBytes: number;
}

/** What went over one connection. Payloads are counted uncompressed. */
export interface ConnectionFigures {
  received: Traffic;
  sent: Traffic;
}

/** Values, by the least bound that they don't exceed; in milliseconds. */
export interface Distribution {
  count: number;
  sum: number;
  buckets: Array<{ upTo: number; count: number }>;
}

export interface Snapshot extends ConnectionFigures {
  connections: {
    /** Handshakes that were begun. */
    handshakes: number;
    opened: number;
    open: number;
    /** By close code. */
    closed: Record<string, number>;
    /** By `code`, such as `WS_ERR_INVALID_UTF8`. */
    errors: Record<string, number>;
    /** Found dead by a heartbeat. */
    dead: number;
  };
  /** Of connections that agreed on compression. */
  compression: {
    received: { bytes: number; wireBytes: number };
    sent: { bytes: number; wireBytes: number };
  };
  /** How many bytes wait to be sent. */
  bufferedBytes: number;
  /** How long message handlers took, for one message in 64. */
  handlerTime: Distribution;
  /** How long a heartbeat's pings took to come back. */
  roundTrips: Distribution;
  /** By limit and action, such as `messages close`. */
  limited: Record<string, number>;
  /** Slow connections that a broadcast met, by what was done to them. */
  slow: Record<string, number>;
}

export interface MetricsOptions {
  /**
   * Whether messages are counted; true by default. Nothing else costs anything
   * for each message. Without it, there are no channels of messages and no
   * handler times.
   */
  messages?: boolean;
}

/** Counts what happens on connections. */
export interface Metrics {
  /** How many connections are open. */
  readonly open: number;
  /** Everything so far. */
  snapshot(): Snapshot;
  /** What went over one connection; undefined if it isn't counted. */
  connection(ws: WebSocket): ConnectionFigures | undefined;
  /** Stops counting. What was counted can still be read. */
  close(): void;
}

/**
 * Counts what happens on connections.
 *
 * @throws {TypeError} If the target or an option is not what it should be
 */
export function metrics(
  target: Target | Target[],
  options?: MetricsOptions
): Metrics;

export interface PrometheusOptions {
  /**
   * The module `prom-client`, if the app uses another copy than the one that is
   * found.
   */
  client?: object;
  /** The registry; the client's own by default. */
  register?: object;
  /** What the names begin with; `framewright_` by default. */
  prefix?: string;
}

/**
 * Adds what is counted to a registry of the npm package `prom-client`.
 *
 * @returns Removes it from the registry
 * @throws {Error} If `prom-client` is not installed
 */
export function prometheus(
  metrics: Metrics,
  options?: PrometheusOptions
): () => void;

export interface OpenTelemetryOptions {
  /**
   * The module `@opentelemetry/api`, if the app uses another copy than the one
   * that is found.
   */
  api?: object;
  /** By default that of the global provider. */
  meter?: object;
  /** By default that of the global provider. */
  tracer?: object;
  /** Whether connections become spans; true by default. */
  spans?: boolean;
}

/**
 * Reports what is counted to OpenTelemetry, with a span for each connection.
 *
 * @returns Stops that
 * @throws {Error} If `@opentelemetry/api` is not installed
 */
export function opentelemetry(
  metrics: Metrics,
  options?: OpenTelemetryOptions
): () => void;
