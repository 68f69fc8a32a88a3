// accelerate(ws) in bundles: what of ws a bundle has differs, and so does what `ws` is there.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Project } from '../cli/project.mjs';
import { bundle, bundlers, formats } from './bundlers.mjs';

const run = promisify(execFile);
const LIMIT = { timeout: 120_000 };
const RIGHT = { got: 60, wrong: 0, code: 1000, errors: [] };
const CONVERSE = readFileSync(
  fileURLToPath(new URL('../drop-in/fixtures/converse.cjs', import.meta.url)),
  'utf8'
);

/** What an app may have that pulls in the rest of ws. */
const BESIDE = {
  'the ES wrapper': '',
  'the ES wrapper and index.js': "import './index-js.cjs';"
};

/** What it may give `accelerate()`. */
const ARGUMENTS = ['namespace', 'class', 'names'];

const app = (beside) => `
  import { accelerate, status } from 'framewright';
  import WebSocket, { WebSocketServer } from 'ws';
  import * as ws from 'ws';
  import converse from './converse.cjs';
  ${beside}

  const before = status().copies.length;
  const given = {
    namespace: ws,
    class: WebSocket,
    names: { WebSocket, WebSocketServer }
  }[process.argv[2]];
  if (accelerate(given) !== given) throw new Error('not the same');
  accelerate(ws);
  accelerate(WebSocket);
  const { messages } = status().counters;
  converse({ WebSocket, WebSocketServer }).then((outcome) => {
    const { copies, counters } = status();
    console.log(JSON.stringify({
      outcome,
      copies: copies.slice(before),
      messages: counters.messages - messages
    }));
  });
`;

for (const name of bundlers) {
  describe(name, () => {
    for (const format of formats) {
      for (const [what, beside] of Object.entries(BESIDE)) {
        test(`${format}: ${what}`, LIMIT, async (t) => {
          const project = new Project(t, {
            files: {
              'converse.cjs': CONVERSE,
              'index-js.cjs': "require('ws');"
            }
          });
          const file = await bundle(name, format, project, app(beside));
          for (const argument of ARGUMENTS) {
            const { stdout } = await run(process.execPath, [file, argument]);
            const { copies, messages, outcome } = JSON.parse(stdout);
            assert.deepEqual(outcome, RIGHT);
            assert.deepEqual(
              copies.map(({ accelerated, path }) => [accelerated, path]),
              [[true, null]]
            );
            assert.equal(messages, 120);
          }
        });
      }
    }
  });
}
