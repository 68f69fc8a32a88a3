import type { IncomingMessage, Server as HttpServer } from 'http';
import type { Server as HttpsServer } from 'https';

/**
 * Shows an app's WebSocket traffic, byte by byte, on a page of its own.
 *
 * @param app A Koa app; the result is middleware for it
 * @throws {TypeError | RangeError} If an option won't do
 * @throws {Error} If `NODE_ENV` is `production` and there is no token
 */
declare function inspect(
  app: inspect.App,
  options?: inspect.Options
): inspect.Middleware & inspect.Inspection;

/**
 * Shows a server's WebSocket traffic, byte by byte, on a page that the server
 * serves besides its own.
 *
 * @param server An HTTP or HTTPS server, or a `WebSocketServer` that has one
 * @throws {TypeError | RangeError} If the server or an option won't do
 * @throws {Error} If `NODE_ENV` is `production` and there is no token
 */
declare function inspect(
  server: HttpServer | HttpsServer | inspect.WebSocketServer,
  options?: inspect.Options
): inspect.Inspection;

declare namespace inspect {
  interface Options {
    /**
     * How many bytes may wait for a watcher that reads slowly. Further bytes
     * are dropped, counted and reported. 64 MiB by default, 256 KiB at least.
     */
    bufferLength?: number;
    /**
     * Host names by which other machines may ask for the page, which otherwise
     * only serves this machine. They need a token.
     */
    hosts?: string[];
    /**
     * What the page calls a connection, such as a user's name. It is called
     * once, when the app's own handler has got the connection. `request` is
     * missing for connections from before `inspect()`. A promise may take its
     * time.
     */
    nameOf?(
      ws: any,
      request: IncomingMessage | undefined
    ): string | Promise<string>;
    /** Where the page is: `/__frames/` by default. */
    path?: string;
    /**
     * The token that the page's address must contain as `?token=`: at least 16
     * characters, letters, digits or any of `-._~+/=`. Required where
     * `NODE_ENV` is `production`. By default a random one, new with each start.
     * `url` is the page's address with it, which is printed when somebody asks
     * without the token.
     */
    token?: string;
  }

  /**
   * ws's `WebSocketServer`. Its types differ between CommonJS and ES modules, and
   * between versions, so this is what they have in common.
   */
  interface WebSocketServer {
    clients: Set<any>;
    handleUpgrade(request: any, socket: any, head: any, callback: any): void;
  }

  /** A Koa app, 2 or 3. */
  interface App {
    callback(): (req: any, res: any) => any;
    listen(...args: any[]): any;
    use(middleware: any): any;
  }

  /** Koa middleware. */
  interface Middleware {
    (ctx: any, next: () => Promise<any>): any;
  }

  interface Inspection {
    /** Where the page is. */
    readonly path: string;
    /**
     * The page's address on this machine, with the token: whoever has it may
     * watch. `null` while no server listens.
     */
    readonly url: string | null;
    /** Stops: ends the live streams, taps no further connections. */
    close(): void;
  }
}

export = inspect;
