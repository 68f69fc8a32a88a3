// A server, its clients, and a heartbeat whose clock the test moves on.

import { once } from 'node:events';
import http from 'node:http';

import { heartbeat } from 'framewright/heartbeat';

import { ManualClock } from './manual-clock.mjs';

export const INTERVAL = 30_000;
export const TIMEOUT = 10_000;

/** More than any wheel takes for a tick with these times. */
export const TICK = 1000;

export class Scene {
  clock = new ManualClock();
  /** By name: how often the server has pinged, and heard a pong. */
  pings = {};
  pongs = {};
  dead = [];
  /** The server's ends, by name. */
  ends = {};
  clients = {};

  /**
   * @param {TestContext} t The test
   * @param {object} ws A copy of ws
   */
  static async start(t, ws, options = {}) {
    const scene = new Scene();
    scene.ws = ws;
    scene.t = t;
    scene.http = http.createServer();
    scene.server = new ws.WebSocketServer({ server: scene.http, ...options });
    scene.server.on('connection', (end, req) => scene.#take(end, req));
    scene.http.listen(0, '127.0.0.1');
    await once(scene.http, 'listening');
    scene.port = scene.http.address().port;
    t.after(() => scene.stop());
    return scene;
  }

  beat(target = this.server, options = {}) {
    return heartbeat(target, {
      interval: INTERVAL,
      timeout: TIMEOUT,
      clock: this.clock,
      onDead: (end) => this.dead.push(end.name),
      ...options
    });
  }

  async connect(name, { port = this.port, ...options } = {}) {
    const client = new this.ws(`ws://127.0.0.1:${port}/${name}`, options);
    client.on('error', () => {});
    this.clients[name] = client;
    await once(client, 'open');
    await until(() => this.ends[name] !== undefined);
    return client;
  }

  #take(end, req) {
    const name = req.url.slice(1);
    const { ping } = end;
    end.name = name;
    this.ends[name] = end;
    this.pings[name] = this.pongs[name] = 0;
    end.ping = (...args) => {
      this.pings[name]++;
      ping.apply(end, args);
    };
    end.on('pong', () => this.pongs[name]++);
  }

  /**
   * Lets time pass. After each tick all answers of those who can answer are
   * awaited.
   *
   * @param {number} length In milliseconds
   * @param {string[]} silent Whose answers not to wait for
   */
  async pass(length, silent = []) {
    const end = this.clock.time + length;
    while (this.clock.next <= end) {
      this.clock.step();
      await until(() =>
        Object.keys(this.ends).every(
          (name) =>
            silent.includes(name) || this.pings[name] === this.pongs[name]
        )
      );
    }
    this.clock.time = end;
  }

  stop() {
    for (const client of Object.values(this.clients)) client.terminate();
    for (const end of Object.values(this.ends)) end.terminate();
    this.server.close();
    this.http.close();
    this.http.closeAllConnections();
  }
}

/** Waits until something holds that events make true. */
export async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
