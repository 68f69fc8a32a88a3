// The process under attack: servers on one copy of ws, accelerated, that tell the parent what became of them.

import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';

import { counters, loadAccelerated } from '../lib/ws-copies.mjs';

const MIB = 1024 * 1024;
const OPTIONS = {
  plain: { maxPayload: MIB },
  deflate: { maxPayload: MIB, perMessageDeflate: { threshold: 0 } },
  // ws's own limits: 100 MiB a message.
  large: { perMessageDeflate: true }
};

const copy = loadAccelerated(process.argv[2]);
const uncaught = [];
const records = new Map();
const ports = {};

process.on('uncaughtException', (err) => uncaught.push(err.message));
process.on('disconnect', () => process.exit());

for (const [name, options] of Object.entries(OPTIONS)) {
  const server = http.createServer({ maxHeaderSize: 256 * 1024 });
  const sockets = new copy.WebSocketServer({
    server,
    clientTracking: false,
    ...options
  });
  sockets.on('connection', accept);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ports[name] = server.address().port;
}
process.send({ ports });

/** What happens to a message; the peer chooses. */
const BEHAVIOURS = {
  echo: (ws, data, isBinary) => ws.send(data, { binary: isBinary }),
  destroy: (ws) => ws._socket.destroy(),
  terminate: (ws) => ws.terminate(),
  throw: () => {
    throw new Error('thrown by a handler');
  }
};

function accept(ws, { headers }) {
  const record = { ws, messages: 0, bytes: 0, errors: [], close: null };
  records.set(headers['x-id'], record);
  ws.on('message', (data, isBinary) => {
    record.messages++;
    record.bytes += data.length;
    BEHAVIOURS[headers['x-behaviour'] ?? 'echo'](ws, data, isBinary);
  });
  if (headers['x-listener'] !== 'none') {
    ws.on('error', (err) => record.errors.push(err.code ?? err.message));
  }
  ws.on('close', (code) => {
    record.close = code;
    record.ws = null;
  });
}

const COMMANDS = {
  record({ id }) {
    const { messages, bytes, errors, close } = records.get(id);
    return { messages, bytes, errors, close };
  },
  /** Whose inflater a connection has: zlib's if ws has made itself one. */
  inflater({ id }) {
    const { ws } = records.get(id);
    return ws._extensions['permessage-deflate']._inflate ? 'zlib' : 'codec';
  },
  /** Waits for a connection's end. */
  async closed({ id }) {
    const { ws } = records.get(id);
    if (ws) await once(ws, 'close');
    return COMMANDS.record({ id });
  },
  state() {
    records.clear();
    return { uncaught: uncaught.splice(0), decoders: counters().decoders };
  },
  /** Chunks of one byte, as a network may bring them. */
  drip({ id, first, count }) {
    const { _receiver: receiver } = records.get(id).ws;
    receiver.write(Buffer.from(first));
    for (let i = 0; i < count && !receiver.destroyed; i++) {
      receiver.write(Buffer.alloc(1));
    }
  },
  /** Calls a method of a connection's with what JSON can't say. */
  call({ id, method, value, args }) {
    const values = {
      floats: () => new Float32Array(20),
      words: () => new Uint16Array([0x4141, 0x4242]),
      number: () => 4096
    };
    try {
      records.get(id).ws[method](...args, values[value]());
      return null;
    } catch (err) {
      return err.name;
    }
  },
  /** Forgets the highest memory use so far, and says what is used now. */
  startMemory() {
    globalThis.gc();
    try {
      fs.writeFileSync('/proc/self/clear_refs', '5');
    } catch {
      // Not Linux: the highest of all times has to do.
    }
    return process.memoryUsage.rss();
  },
  peakMemory() {
    try {
      const status = fs.readFileSync('/proc/self/status', 'utf8');
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)[1]) * 1024;
    } catch {
      return process.resourceUsage().maxRSS * 1024;
    }
  }
};

process.on('message', async ({ call, name, args }) => {
  process.send({ call, result: (await COMMANDS[name](args)) ?? null });
});
