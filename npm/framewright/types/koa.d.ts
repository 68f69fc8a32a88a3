import type { IncomingMessage, Server as HttpServer } from 'http';
import type {
  Server as HttpsServer,
  ServerOptions as HttpsOptions
} from 'https';
import Koa = require('koa');
import WebSocket = require('ws');

declare module 'koa' {
  interface ExtendableContext {
    /**
     * Completes the WebSocket handshake of this request, once earlier
     * middleware has let it pass. Header fields that are set by then, such as
     * cookies, go into its response. Fields that are set later are lost, and
     * one warning says so.
     *
     * @returns The open WebSocket, the same on each call
     * @throws {UpgradeError} If the request asks for no upgrade (426), asks for
     *   it wrongly, or the handshake can't be completed (400)
     */
    upgrade(): Promise<WebSocket>;

    /** The WebSocket of this request, once it has one. */
    websocket?: WebSocket;
  }
}

/**
 * Gives a Koa app WebSockets: `app.ws` with its own middleware, as in
 * koa-websocket, and `ctx.upgrade()` for ordinary middleware.
 *
 * Upgrade requests go to `app.ws` if it has middleware, or if the app itself
 * has none when it starts to listen. Otherwise they go through the app's
 * middleware like all requests. Unless it calls `ctx.upgrade()`, its response
 * refuses the connection.
 *
 * @param app The app, which is modified
 * @param wsOptions Options for the `WebSocketServer`
 * @param httpsOptions Options for an HTTPS server; without them `app.listen()`
 *   makes an HTTP server
 * @returns The app
 */
declare function websockify<
  StateT = Koa.DefaultState,
  ContextT = Koa.DefaultContext
>(
  app: Koa<StateT, ContextT>,
  wsOptions?: WebSocket.ServerOptions,
  httpsOptions?: HttpsOptions
): websockify.App<StateT, ContextT>;

declare namespace websockify {
  /** A Koa app with WebSockets. */
  interface App<
    StateT = Koa.DefaultState,
    ContextT = Koa.DefaultContext
  > extends Koa<StateT, ContextT> {
    /** The HTTP or HTTPS server, once the app listens. */
    server?: HttpServer | HttpsServer;

    ws: KoaWebSocketServer<StateT, ContextT>;

    use<NewStateT = {}, NewContextT = {}>(
      middleware: Koa.Middleware<StateT & NewStateT, ContextT & NewContextT>
    ): App<StateT & NewStateT, ContextT & NewContextT>;
  }

  /** Middleware of `app.ws`. There is no response: `ctx.res` is undefined. */
  type Middleware<
    StateT = Koa.DefaultState,
    ContextT = Koa.DefaultContext
  > = Koa.Middleware<StateT, ContextT & { websocket: WebSocket }>;

  /** `app.ws`: middleware that runs once for each connection. */
  interface KoaWebSocketServer<
    StateT = Koa.DefaultState,
    ContextT = Koa.DefaultContext
  > {
    app: Koa<StateT, ContextT>;
    middleware: Array<Middleware<StateT, ContextT>>;
    /** ws's server, once the app listens. */
    server?: WebSocket.Server;

    use<NewStateT = {}, NewContextT = {}>(
      middleware: Middleware<StateT & NewStateT, ContextT & NewContextT>
    ): this;
    /** Starts to accept connections. `app.listen()` calls it. */
    listen(options: WebSocket.ServerOptions): WebSocket.Server;
    onConnection(websocket: WebSocket, req: IncomingMessage): void;
  }

  /** A WebSocket handshake that failed through the client's fault. */
  class UpgradeError extends Error {
    constructor(
      status: number,
      message: string,
      headers?: Record<string, string>
    );
    get name(): 'UpgradeError';
    status: number;
    statusCode: number;
    expose: true;
    headers: Record<string, string>;
  }
}

export = websockify;
