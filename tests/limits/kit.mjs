// A server, and clients that say where they come from.

import { once } from 'node:events';
import http from 'node:http';

/**
 * @param {TestContext} t The test
 * @param {object} ws A copy of ws
 */
export async function open(t, ws, options = {}) {
  const server = http.createServer();
  const wss = new ws.WebSocketServer({ server, ...options });
  const clients = [];
  const kit = {
    wss,
    /** How many the app got. */
    taken: 0,
    ends: [],
    client(from) {
      const client = new ws(`ws://127.0.0.1:${server.address().port}/`, {
        headers: from ? { 'x-forwarded-for': from } : {}
      });
      client.on('error', () => {});
      clients.push(client);
      return client;
    },
    async connect(from) {
      const client = kit.client(from);
      await once(client, 'open');
      return client;
    },
    /** @returns the status that a client is refused with */
    async refused(from) {
      const client = kit.client(from);
      const [request, response] = await once(client, 'unexpected-response');
      request.destroy();
      return response.statusCode;
    }
  };
  wss.on('connection', (end) => {
    kit.taken++;
    kit.ends.push(end);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const client of clients) client.terminate();
    for (const end of wss.clients) end.terminate();
    server.close();
    server.closeAllConnections();
  });
  return kit;
}

/** Waits until something holds that events make true. */
export async function until(condition) {
  while (!(await condition())) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** A clock that stands still until it is told to go on. */
export class Clock {
  time = 0;
  #timers = new Map();
  #last = 0;

  now = () => this.time;

  setTimeout = (callback, length) => {
    this.#timers.set(++this.#last, { at: this.time + length, callback });
    return this.#last;
  };

  clearTimeout = (id) => {
    this.#timers.delete(id);
  };

  get size() {
    return this.#timers.size;
  }

  pass(length) {
    this.time += length;
    for (const [id, { at, callback }] of this.#timers) {
      if (at > this.time) continue;
      this.#timers.delete(id);
      callback();
    }
  }
}
