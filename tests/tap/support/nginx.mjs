// A real nginx of a test's own, on a free port of this machine.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PATH = `${process.env.PATH}:/usr/local/sbin:/usr/sbin`;

/** Why there is no nginx to test with, or false; as root it is installed where apt-get is. */
export const skip = isInstalled() || install() ? false : whyNot();

function isInstalled() {
  return spawnSync('nginx', ['-v'], { env: { PATH } }).status === 0;
}

function install() {
  if (process.getuid?.() !== 0) return false;
  // Installed, but not started: what a package starts stays on port 80.
  const policy = '/usr/sbin/policy-rc.d';
  const hasPolicy = existsSync(policy);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: 'ignore' };
  const apt = (...args) => spawnSync('apt-get', args, options).status === 0;
  const add = () =>
    apt('install', '-y', '--no-install-recommends', 'nginx-light');
  try {
    if (!hasPolicy) {
      writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    }
    return (add() || (apt('update') && add())) && isInstalled();
  } catch {
    return false;
  } finally {
    if (!hasPolicy) rmSync(policy, { force: true });
  }
}

function whyNot() {
  return 'nginx is not installed, and can only be installed by root with apt-get';
}

/** `1.22.1`, say. */
export function version() {
  const { stderr } = spawnSync('nginx', ['-v'], { env: { PATH } });
  return /nginx\/(\S+)/.exec(stderr)[1];
}

/**
 * Starts one for a test.
 *
 * @param {object} t
 * @param {(port: number) => string} http What its `http` block holds besides,
 *     with the port to listen on
 * @returns {Promise<number>} The port, once it takes connections
 */
export async function startNginx(t, http) {
  const directory = mkdtempSync(join(tmpdir(), 'framewright-nginx-'));
  const port = await freePort();
  const config = join(directory, 'nginx.conf');
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    config,
    `daemon off;
    master_process off;
    pid ${directory}/nginx.pid;
    error_log stderr warn;
    events {}
    http {
      access_log off;
      ${folders.map((name) => `${name}_temp_path ${directory}/${name};`).join('\n')}
      ${http(port)}
    }
    `
  );
  const child = spawn(
    'nginx',
    ['-p', directory, '-c', config, '-e', 'stderr'],
    {
      env: { PATH },
      stdio: ['ignore', 'ignore', 'pipe']
    }
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill();
    await exited;
    rmSync(directory, { recursive: true });
  });
  while (!(await isUp(port))) {
    if (child.exitCode !== null) throw new Error(`nginx has ended: ${said}`);
    await delay(20);
  }
  return port;
}

async function freePort() {
  const listener = net.createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  await once(listener, 'close');
  return port;
}

function isUp(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
