// Connections of stock ws, each a little different, the same each time.
import { once } from 'node:events';
import { createRequire } from 'node:module';

const { WebSocket, WebSocketServer } = createRequire(import.meta.url)('ws');

// A machine may be so busy that a closing handshake takes longer than the 30 s
// that ws waits: it would drop the connection.
const closeTimeout = 600_000;

// Mulberry32: small, and good enough to vary tests.
export function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const deflateOptions = [
  false,
  { threshold: 0 },
  { threshold: 0, serverNoContextTakeover: true },
  { threshold: 0, clientNoContextTakeover: true },
  { threshold: 0, serverMaxWindowBits: 9, clientMaxWindowBits: 10 },
  { threshold: 100, serverMaxWindowBits: 12 }
];

// Echoes, and pings now and then.
export async function startServers() {
  const servers = deflateOptions.map((perMessageDeflate) => {
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      closeTimeout,
      perMessageDeflate
    });

    server.on('connection', (ws) => {
      let count = 0;

      ws.on('message', (data, isBinary) => {
        if (++count % 3 === 0) ws.ping(`ping ${count}`);
        ws.send(data, { binary: isBinary });
      });
    });
    return server;
  });

  await Promise.all(servers.map((server) => once(server, 'listening')));
  return servers;
}

// One connection: some messages, whole and in fragments, and a close.
export async function converse(port, seed, deflate) {
  const next = random(seed);
  const below = (end) => Math.floor(next() * end);
  const ws = new WebSocket(`ws://127.0.0.1:${port}/room?seed=${seed}`, {
    closeTimeout,
    perMessageDeflate: deflate && { threshold: 0 }
  });

  await once(ws, 'open');
  let left = 0;
  const done = new Promise((resolve) => {
    ws.on('message', () => --left === 0 && resolve());
  });
  const messages = 2 + below(5);

  left = messages;
  for (let index = 0; index < messages; index++) {
    const len = [0, below(125), 126, below(2000), 65535 + below(3)][
      below(index === 0 && seed % 20 === 0 ? 5 : 4)
    ];
    const binary = below(2) === 0;
    const data = binary
      ? Buffer.from(Array.from({ length: len }, () => below(256)))
      : `${'größe 🎉 '.repeat(Math.ceil(len / 12))}`;

    if (below(4) === 0) ws.ping();
    if (below(3) === 0) {
      const cut = binary ? below(len + 1) : data.length >> 1;

      ws.send(data.slice(0, cut), { fin: false, binary });
      if (below(2) === 0) ws.ping('between');
      ws.send(data.slice(cut), { fin: true, binary });
    } else {
      ws.send(data, { binary });
    }
  }
  await done;
  const codes = [undefined, 1000, 1001, 3000, 4999];
  const code = codes[below(codes.length)];

  if (code === undefined) ws.close();
  else ws.close(code, below(2) === 0 ? '' : 'tschüß');
  await once(ws, 'close');
}
