// `framewright bench`: a short run, and what it refuses to measure.

import assert from 'node:assert/strict';
import { once } from 'node:events';
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
  nameOf,
  payloadOf
} = require('../../npm/framewright/lib/cli/bench/cells.js');
const Load = require('../../npm/framewright/lib/cli/bench/load.js');
const Schedule = require('../../npm/framewright/lib/cli/bench/schedule.js');
const {
  summaryOf,
  verdictOf
} = require('../../npm/framewright/lib/cli/bench/verdict.js');
const { status } = require('framewright');
const { WebSocketServer } = require('ws');

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
    assert.ok(['faster', 'same', 'slower'].includes(cell.verdict));
  }
  assert.doesNotMatch(stdout, /null/);
});

it('prints a table', LIMIT, async () => {
  const { code, stderr, stdout } = await run(['bench', '--seconds', '1']);
  assert.equal(code, 0);
  assert.deepEqual(stderr.split('\n'), [
    ...CELLS.map((cell, i) => `${i + 1} of 5: ${nameOf(cell)} …`),
    ''
  ]);
  const lines = stdout.split('\n');
  assert.match(lines[0], /^ws \S+ and framewright \S+ \(\w+\) on Node /);
  assert.match(lines[3], /^echo +ws +framewright +ratio$/);
  assert.match(
    lines[4],
    /^64 connections × 1 × 64 bytes +[\d,]+ +[\d,]+ +(?:(?:≥ )?\d+\.\d\d|same) \(/
  );
  assert.match(
    stdout.slice(stdout.lastIndexOf('\n\n')).replaceAll('\n', ' '),
    /^ {2}One by one: .*; compressed: .*\. .*Ratios vary by ±\d+ %\. $|ratios vary by ±\d+ %: more seconds say more\. $/i
  );
});

it('spreads its seconds, whatever takes time besides', () => {
  for (const overhead of [0, 3, 50]) {
    let time = 1000;
    const schedule = new Schedule(40_000, 70, () => time);
    for (let i = 0; i < 35; i++) {
      time += 2 * (schedule.next(2) + overhead);
    }
    // What comes after the last run has nothing left to be taken from.
    assert.equal(Math.round(time - 2 * overhead), 41_000);
  }

  let time = 0;
  const late = new Schedule(100, 10, () => time);
  time = 5000;
  assert.equal(late.next(10), 5);
});

it('waits for an answer, however short a run is', LIMIT, async (t) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  await once(server, 'listening');
  server.on('connection', (ws) => {
    ws.on('message', (data) => setTimeout(() => ws.send(String(data)), 50));
  });
  const load = await Load.open(server.address().port, {
    ...CELLS[0],
    connections: 1
  });
  t.after(() => load.close());
  assert.ok((await load.run(1)) > 0);
});

it('tells noise from a difference', () => {
  const verdict = (ratio, ratioMin, ratioMax) =>
    verdictOf({ ratio, ratioMin, ratioMax });
  assert.equal(verdict(1.5, 1.2, 1.9), 'faster');
  assert.equal(verdict(1.5, 0.9, 1.9), 'same');
  assert.equal(verdict(0.8, 0.7, 1.1), 'same');
  assert.equal(verdict(0.8, 0.7, 0.9), 'slower');
  assert.equal(verdict(0.97, 0.96, 0.99), 'same');
  assert.equal(verdict(1.04, 1.03, 1.05), 'same');
});

it('sums up the results in a sentence', () => {
  const cell = (kind, verdict, ratio, spread, isAtLeast = false) => ({
    isAtLeast,
    kind,
    ratio,
    spread,
    verdict
  });
  assert.equal(
    summaryOf([
      cell('one by one', 'same', 0.97, 0.02),
      cell('bursts', 'faster', 8.96, 0.06, true),
      cell('long ones', 'faster', 12.4, 0),
      cell('compressed', 'faster', 2, 0.01)
    ]),
    'One by one: the same; bursts: at least 9 times as fast; long ones: 12 ' +
      'times as fast; compressed: 2 times as fast. Ratios vary by ±6 %.'
  );
  assert.equal(
    summaryOf([
      cell('one by one', 'slower', 0.8, 0.31),
      cell('bursts', 'faster', 3.21, 0.1)
    ]),
    'One by one: slower, 80 % of the speed; bursts: 3.2 times as fast. The ' +
      'machine was busy, ratios vary by ±31 %: more seconds say more.'
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

it('notices every wrong byte', () => {
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
