// `framewright bench`: a short run, and what it refuses to measure.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { it } from 'node:test';

import { run } from './command.mjs';

const require = createRequire(import.meta.url);
const {
  CompressedAnswers,
  PlainAnswers
} = require('../../npm/framewright/lib/cli/bench/answers.js');
const { frame } = require('../../npm/framewright/lib/cli/bench/frames.js');
const {
  CELLS,
  payloadOf
} = require('../../npm/framewright/lib/cli/bench/cells.js');
const { status } = require('framewright');

const LIMIT = { timeout: 120_000 };

it('measures ws beside framewright', LIMIT, async () => {
  const { code, stderr, stdout } = await run([
    'bench',
    '--json',
    '--seconds',
    '2'
  ]);
  assert.equal(stderr, '');
  assert.equal(code, 0);
  const { backend, cells, ws } = JSON.parse(stdout);
  assert.equal(backend, status().backend);
  assert.equal(ws, require('ws/package.json').version);
  assert.equal(cells.length, 5);
  for (const cell of cells) {
    assert.ok(cell.ws > 0, cell.name);
    assert.ok(cell.framewright > 0, cell.name);
    assert.ok(cell.ratioMin <= cell.ratio && cell.ratio <= cell.ratioMax);
  }
});

it('prints a table', LIMIT, async () => {
  const { code, stdout } = await run(['bench', '--seconds', '1']);
  assert.equal(code, 0);
  const lines = stdout.split('\n');
  assert.match(lines[0], /^ws \S+ and framewright \S+ \(\w+\) on Node /);
  assert.match(lines[3], /^echo +ws +framewright +ratio$/);
  assert.match(
    lines[4],
    /^64 connections × 1 × 64 octets +[\d,]+ +[\d,]+ +(?:≥ )?\d+\.\d\d \(/
  );
});

it('measures nothing where there is nothing to compare', LIMIT, async () => {
  const { code, stderr } = await run(['bench'], {
    env: { FRAMEWRIGHT: 'off' }
  });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^framewright: there is nothing to compare: switched off by FRAMEWRIGHT=off/
  );
});

it('notices every wrong octet', () => {
  const payload = payloadOf(CELLS[0]);
  const answer = frame(payload, { isCompressed: false, isMasked: false });
  const two = Buffer.concat([answer, answer]);
  const socket = {};

  const answers = new PlainAnswers(payload, 2);
  for (let cut = 1; cut < two.length; cut++) {
    assert.equal(answers.take(socket, two.subarray(0, cut)), false);
    assert.equal(answers.take(socket, two.subarray(cut)), true);
  }
  for (let at = 0; at < two.length; at++) {
    const wrong = Buffer.from(two);
    wrong[at] ^= 1;
    assert.throws(() => new PlainAnswers(payload, 2).take(socket, wrong));
  }
  const tooMuch = Buffer.concat([two, answer]);
  assert.throws(() => new PlainAnswers(payload, 2).take(socket, tooMuch));
});

it('notices wrong compressed answers', () => {
  const payload = payloadOf(CELLS.at(-1));
  const form = { isCompressed: true, isMasked: false };
  const answer = frame(payload, form);
  const socket = {};

  const answers = new CompressedAnswers(payload);
  for (const cut of [1, 3, 4, 100]) {
    assert.equal(answers.take(socket, answer.subarray(0, cut)), false);
    assert.equal(answers.take(socket, answer.subarray(cut)), true);
  }
  const other = Buffer.from(payload);
  other[7] ^= 1;
  assert.throws(() => answers.take(socket, frame(other, form)));
  const tooMuch = Buffer.concat([answer, answer]);
  assert.throws(() => answers.take(socket, tooMuch));
});
