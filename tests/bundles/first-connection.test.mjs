// Copies of ws that no module is, as in a bundle: `framewright/register` finds them at their first connection.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { generate } from 'selfsigned';

import { Project } from '../cli/project.mjs';
import { bundle, formats } from './bundlers.mjs';

const run = promisify(execFile);
const LIMIT = { timeout: 120_000 };
const RIGHT = { got: 60, wrong: 0, code: 1000, errors: [] };
const APP = `
  import WebSocket, { WebSocketServer } from 'ws';

  globalThis.talk({ WebSocket, WebSocketServer });
`;

/** By mode of talk.cjs: what comes of it, and how many messages the codec decodes. */
const MODES = {
  both: [RIGHT, 120],
  client: [RIGHT, 120],
  server: [RIGHT, 120],
  extended: [RIGHT, 120],
  tls: ['hi', 2],
  early: ['hi', 1]
};

const fixture = (name) =>
  readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8');

/** A project with ws in a bundle, and how to run it in a mode. */
async function bundled(t, bundler, format, ws) {
  const project = new Project(t, {
    ws,
    files: {
      'converse.cjs': fixture('../drop-in/fixtures/converse.cjs'),
      'talk.cjs': fixture('fixtures/talk.cjs')
    }
  });
  const file = await bundle(bundler, format, project, APP);
  const talk = async (mode, env) => {
    const args = ['--require', './talk.cjs', file, mode];
    const { stdout } = await run(process.execPath, args, {
      cwd: project.directory,
      env: { ...process.env, ...env }
    });
    return JSON.parse(stdout);
  };
  return { file, talk };
}

for (const bundler of ['esbuild', 'webpack']) {
  describe(bundler, () => {
    for (const format of formats) {
      test(
        `${format}: each side, from its first frame on`,
        LIMIT,
        async (t) => {
          const { file, talk } = await bundled(t, bundler, format);
          const { cert, private: key } = await generate();
          const env = { CERTIFICATE: JSON.stringify({ cert, key }) };
          for (const [mode, [expected, messages]] of Object.entries(MODES)) {
            const { after, before, outcome } = await talk(mode, env);
            assert.deepEqual(outcome, expected, mode);
            assert.deepEqual(before.copies, []);
            // In some modes, the other side is the ws in node_modules.
            const [copy, ...others] = after.copies.filter(
              (c) => c.path === null
            );
            assert.deepEqual(others, []);
            assert.deepEqual(copy, {
              path: null,
              version: null,
              accelerated: true,
              reason: `found at its first connection in ${file}; ${after.reason}`
            });
            assert.equal(after.counters.messages, messages, mode);
          }
        }
      );
    }
  });
}

for (const version of ['8.5', '8.10', '8.13', '8.16', '8.18', '8.21']) {
  test(`ws ${version}`, LIMIT, async (t) => {
    const { talk } = await bundled(t, 'esbuild', 'cjs', {
      ws: `ws-${version}`
    });
    const { after, outcome } = await talk('both');
    assert.deepEqual(outcome, RIGHT);
    assert.deepEqual(
      after.copies.map(({ accelerated }) => accelerated),
      [true]
    );
    assert.equal(after.counters.messages, 120);
  });
}

test('stays as it is where framewright is turned off', LIMIT, async (t) => {
  const { talk } = await bundled(t, 'esbuild', 'cjs');
  const { after, outcome } = await talk('both', { FRAMEWRIGHT: 'off' });
  assert.deepEqual(outcome, RIGHT);
  assert.deepEqual(
    after.copies.map(({ accelerated }) => accelerated),
    [false]
  );
  assert.equal(after.counters.messages, 0);
});

test('a socket is as it was, but for what looks at it', LIMIT, async (t) => {
  const project = new Project(t, {
    files: {
      'app.cjs': `
        const assert = require('node:assert');
        const { Socket } = require('node:net');
        const stock = Object.getOwnPropertyDescriptor(Socket.prototype, 'setNoDelay');
        require('framewright/register');
        const ours = Object.getOwnPropertyDescriptor(Socket.prototype, 'setNoDelay');
        assert.notEqual(ours.value, stock.value);
        assert.deepEqual({ ...ours, value: 0 }, { ...stock, value: 0 });
        assert.equal(ours.value.name, 'setNoDelay');
        assert.equal(ours.value.length, stock.value.length);

        const socket = new Socket();
        assert.equal(socket.setNoDelay(true), socket);
        // What looks like ws's, and isn't.
        for (const value of [undefined, null, 1, {}, { _socket: socket }]) {
          socket[Symbol('websocket')] = value;
        }
        socket[Symbol('websocket')] = { _socket: socket, _receiver: {}, _sender: {} };
        assert.equal(socket.setNoDelay(), socket);
        console.log('right');
      `
    }
  });
  const { stdout } = await run(process.execPath, ['app.cjs'], {
    cwd: project.directory
  });
  assert.equal(stdout, 'right\n');
});
