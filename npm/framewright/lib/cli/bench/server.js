'use strict';

/**
 * A server of its own process that echoes: `node server.js <ws> <peer>`.
 *
 * It tells its parent where it listens, and on each message the CPU time it has
 * used, in µs.
 */

const http = require('http');

const { accelerate, status } = require('../../install/accelerate');

const HOST = '127.0.0.1';

const [, , directory, peer] = process.argv;
const ws = require(directory);

if (peer === 'framewright') accelerate(ws);

/** Listens, and resolves to the port. */
function listen(perMessageDeflate) {
  const server = http.createServer();
  const wss = new ws.WebSocketServer({ perMessageDeflate, server });

  wss.on('connection', (websocket) => {
    websocket.on('message', (data, isBinary) => {
      websocket.send(data, { binary: isBinary });
    });
    // The load doesn't close connections, it drops them.
    websocket.on('error', () => {});
  });

  return new Promise((resolve) => {
    server.listen(0, HOST, () => resolve(server.address().port));
  });
}

async function main() {
  const plain = await listen(false);
  const compressed = await listen({ threshold: 0 });
  const [copy] = status().copies;

  process.send({
    ports: { compressed, plain },
    // Figures taken on stock ws by mistake would be worse than none.
    problem: peer === 'framewright' && !copy.accelerated ? copy.reason : null
  });
  process.on('message', () => {
    const { system, user } = process.cpuUsage();

    process.send({ cpu: system + user });
  });
  process.on('disconnect', () => process.exit());
}

main();
