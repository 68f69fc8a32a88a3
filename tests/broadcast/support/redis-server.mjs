// A real Redis server of a test's own, on a free port of this machine, that can be killed and started.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Why there is no redis-server to test with, or false; as root it is installed where apt-get is. */
export const skip = isInstalled() || install() ? false : whyNot();

function isInstalled() {
  return spawnSync('redis-server', ['--version']).status === 0;
}

function install() {
  if (process.getuid?.() !== 0) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: 'ignore' };
  const apt = (...args) => spawnSync('apt-get', args, options).status === 0;
  const add = () =>
    apt('install', '-y', '--no-install-recommends', 'redis-server');
  return (add() || (apt('update') && add())) && isInstalled();
}

function whyNot() {
  return 'redis-server is not installed, and can only be installed by root with apt-get';
}

/** What a server that keeps all it has taken is started with. */
export const DURABLE = { appendonly: 'yes', appendfsync: 'always' };

async function freePort() {
  const listener = net.createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  await once(listener, 'close');
  return port;
}

export class RedisServer {
  #directory = mkdtempSync(join(tmpdir(), 'framewright-redis-'));
  #process = null;

  #options;

  constructor(port, options) {
    this.port = port;
    this.#options = options;
    this.url = `redis://127.0.0.1:${port}`;
  }

  /** A server that is not running yet; it keeps nothing on disk unless the options say so. */
  static async create(options = {}) {
    return new RedisServer(await freePort(), options);
  }

  /** Starts it, and waits until it takes connections. */
  async start() {
    const options = {
      port: this.port,
      bind: '127.0.0.1',
      save: '',
      appendonly: 'no',
      dir: this.#directory,
      ...this.#options
    };
    const args = Object.entries(options).flatMap(([name, value]) => [
      `--${name}`,
      String(value)
    ]);
    this.#process = spawn('redis-server', args, { stdio: 'ignore' });
    while (!(await this.#isUp())) await delay(20);
  }

  /** Lets it stop in the middle of everything. */
  async kill(signal = 'SIGKILL') {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    this.#process.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') {
      await once(this.#process, 'exit');
    }
  }

  /** Ends it for good. */
  async end() {
    if (this.#process !== null) await this.kill();
    rmSync(this.#directory, { recursive: true });
  }

  #isUp() {
    if (this.#process.exitCode !== null) {
      throw new Error(`redis-server has ended: ${this.#process.exitCode}`);
    }
    return new Promise((resolve) => {
      const socket = net.connect(this.port, '127.0.0.1');
      socket.on('error', () => resolve(false));
      socket.on('data', () => {
        socket.destroy();
        resolve(true);
      });
      socket.write('PING\r\n');
    });
  }
}
