import { parseArgs } from 'node:util';

const USAGE = `Usage: node server.mjs [options]

A live auction in Koa, on koa-websocket and ws accelerated by Framewright.

Options:
  --port <number>         port to listen on (default 3000, 0 for any free one)
  --host <address>        address to listen on (default localhost)
  --lot-seconds <number>  how long each lot is open (default 180)
  --heartbeat-seconds <number>
                          drop clients that are silent for this long and don't
                          answer then (default 30, 0 for never)
  --connections-per-address <number>
                          how many one address may have (default 100, 0 for any
                          number, and of messages, too)
  --no-history            leave it to Redis Pub/Sub alone what other processes
                          tell; else one that starts hears at once how things
                          stood in the last seconds
  --no-metrics            leave out the figures for Prometheus at /metrics
  --cert <file>           with both, serve HTTP/2 and HTTP/1.1 with TLS
  --key <file>
  --stock                 run on ws as it is, without Framewright
  --help                  show this text

With REDIS_URL in the environment, all processes with the same Redis and the
same options hold one auction.
`;

const options = readOptions();

// All it takes. It has to come before whatever loads ws, here koa-websocket.
if (!options.stock) await import('framewright/register');

const { createHub } = await import('framewright/broadcast');
const { createApp } = await import('./lib/app.mjs');
const { Auction } = await import('./lib/auction.mjs');
const { Exchange } = await import('./lib/exchange.mjs');
const { keepAlive } = await import('./lib/keep-alive.mjs');
const { listen } = await import('./lib/listen.mjs');
const { LOTS } = await import('./lib/lots.mjs');
const { protect } = await import('./lib/protect.mjs');
const { Room } = await import('./lib/room.mjs');

const redis = process.env.REDIS_URL || undefined;
const history = redis && options.history && { count: 100, age: 10_000 };
const hub = createHub({ redis, prefix: 'koa-auction:', history });
const auction = new Auction({
  lots: LOTS,
  startsAt: Date.now(),
  lotMs: options.lotSeconds * 1000
});
const room = new Room({ auction, exchange: new Exchange(hub, !!history) });
const { app, inspector, wsOptions } = createApp({ room });

protect(app, options);
if (options.metrics) {
  const { publishFigures } = await import('./lib/figures.mjs');
  publishFigures(app);
}

const server = await listen(app, wsOptions, options);
const stopPings = keepAlive(app.ws.server);

server.once('listening', async () => {
  const { port } = server.address();
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  const url = `${options.cert ? 'https' : 'http'}://${host}:${port}/`;
  console.log(`Auction open at ${url} (${await engine()})`);
  if (inspector) console.log(`Its frames, byte by byte, at ${inspector.url}`);
});
server.once('error', (error) => {
  console.error(`Cannot listen: ${error.message}`);
  process.exit(1);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, shutDown);

function shutDown() {
  stopPings();
  room.close();
  hub.close();
  server.close();
  server.closeIdleConnections?.();
  // Clients that don't answer the close frame shall not keep us up.
  setTimeout(() => process.exit(), 1000).unref();
}

async function engine() {
  if (options.stock) return 'stock ws';
  const { status } = await import('framewright');
  const { backend, reason } = status();
  return backend === 'stock'
    ? `stock ws: ${reason}`
    : `ws on ${backend} frames`;
}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        port: { type: 'string', default: '3000' },
        host: { type: 'string', default: 'localhost' },
        'lot-seconds': { type: 'string', default: '180' },
        'heartbeat-seconds': { type: 'string', default: '30' },
        'connections-per-address': { type: 'string', default: '100' },
        'no-history': { type: 'boolean', default: false },
        'no-metrics': { type: 'boolean', default: false },
        cert: { type: 'string' },
        key: { type: 'string' },
        stock: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false }
      }
    }));
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit();
    }
    return {
      port: number(values, 'port', 0, 65535),
      host: values.host,
      lotSeconds: number(values, 'lot-seconds', 5, 86_400),
      heartbeatSeconds: number(values, 'heartbeat-seconds', 0, 3600),
      connectionsPerAddress: number(
        values,
        'connections-per-address',
        0,
        1_000_000
      ),
      history: !values['no-history'],
      metrics: !values['no-metrics'],
      ...both(values),
      stock: values.stock
    };
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function both({ cert, key }) {
  if ((cert === undefined) === (key === undefined)) return { cert, key };
  throw new TypeError('--cert and --key need each other');
}

function number(values, name, least, most) {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`--${name} must be a number from ${least} to ${most}`);
}
