import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { besideBefore, useBefore } from '../../bench/parts/lib/before.mjs';
import { compare } from '../../bench/harness/compare.mjs';
import { readOptions, UsageError } from '../../bench/harness/options.mjs';
import {
  putPart,
  runOf,
  startResults
} from '../../bench/harness/report/results-file.mjs';
import { markdown } from '../../bench/harness/report/markdown.mjs';
import { runPart, Skipped } from '../../bench/harness/rounds.mjs';
import { ratio, spread } from '../../bench/harness/stats.mjs';
import { figure } from '../../bench/harness/report/table.mjs';

const silent = { cell() {}, step() {}, once() {} };

describe('statistics', () => {
  test('the median lies between its neighbours', () => {
    assert.deepEqual(spread([3, 1, 2]), { median: 2, min: 1, max: 3 });
    assert.deepEqual(spread([4, 1, 2, 3]), { median: 2.5, min: 1, max: 4 });
    assert.deepEqual(spread([10, 9, 100]), { median: 10, min: 9, max: 100 });
  });

  test('ratios are taken round by round, and above 1 is better', () => {
    assert.deepEqual(ratio([20, 10], [10, 10], 'more'), {
      median: 1.5,
      min: 1,
      max: 2
    });
    assert.deepEqual(ratio([20, 10], [10, 10], 'less'), {
      median: 0.75,
      min: 0.5,
      max: 1
    });
  });

  test('figures keep three digits', () => {
    assert.equal(figure(198.4, 'ns'), '198 ns');
    assert.equal(figure(18_812, 'ns'), '18.8 µs');
    assert.equal(figure(2_290_000, 'msg/s'), '2.29M/s');
    assert.equal(figure(480, 'msg/s'), '480/s');
    assert.equal(figure(9600, 'bytes'), '9.60 kB');
    assert.equal(figure(0.984, 'share'), '98 %');
  });
});

describe('rounds', () => {
  const part = (log) => ({
    name: 'part',
    title: 'A part',
    base: 'ws',
    ceiling: 'raw',
    cells: () => [{ code: 'X1', title: 'x', unit: 'ns', better: 'less' }],
    peers: () => ['ws', 'absent', 'framewright', 'raw'],
    open: (peer) => ({ peer, close: () => log.push(`close ${peer}`) }),
    measure({ peer }) {
      log.push(peer);
      if (peer === 'absent') throw new Skipped('not here');
      return { value: { ws: 100, framewright: 50, raw: 40 }[peer] };
    }
  });

  test('the peers of a quick run take turns and stay open', async () => {
    const log = [];
    const context = { quick: true, rounds: 2, progress: silent };
    const { cells } = await runPart(part(log), context);
    assert.deepEqual(log, [
      'ws',
      'absent',
      'framewright',
      'raw',
      'ws',
      'framewright',
      'raw',
      'close ws',
      'close absent',
      'close framewright',
      'close raw'
    ]);
    const [{ peers, skipped }] = cells;
    assert.deepEqual(skipped, { absent: 'not here' });
    assert.deepEqual(Object.keys(peers), ['ws', 'framewright', 'raw']);
    assert.deepEqual(peers.framewright.samples, [50, 50]);
    assert.equal(peers.framewright.toBase.median, 2);
    assert.equal(peers.framewright.toCeiling.median, 0.8);
  });

  test('a full run opens every peer again', async () => {
    const log = [];
    const context = { quick: false, rounds: 2, progress: silent };
    await runPart(part(log), context);
    assert.equal(log.filter((entry) => entry === 'close ws').length, 2);
    assert.equal(log.indexOf('close ws'), log.indexOf('ws') + 1);
  });

  test('a wrong answer ends the run, and everything is closed', async () => {
    const log = [];
    const failing = {
      ...part(log),
      measure() {
        throw new Error('wrong answer');
      }
    };
    const context = { quick: true, rounds: 2, progress: silent };
    await assert.rejects(runPart(failing, context), /wrong answer/);
    assert.deepEqual(log, ['close ws']);
  });

  test('the better of several bases is taken', () => {
    const samples = new Map([
      ['slow', [{ value: 30 }]],
      ['fast', [{ value: 20 }]],
      ['framewright', [{ value: 10 }]]
    ]);
    const figure = { code: 'C1', base: ['slow', 'fast'], better: 'less' };
    const { base, peers } = compare({}, figure, samples);
    assert.equal(base, 'fast');
    assert.equal(peers.framewright.toBase.median, 2);
  });

  test('a measurement may give several figures, some for some peers', () => {
    const samples = new Map([
      ['ws', [{ values: { M1: 10, M1b: 4 } }]],
      ['bun', [{ values: { M1: 5 } }]]
    ]);
    const part = { base: 'ws' };
    const of = (code) => compare(part, { code, better: 'less' }, samples).peers;
    assert.equal(of('M1').bun.toBase.median, 2);
    assert.deepEqual(Object.keys(of('M1b')), ['ws']);
  });
});

describe('beside another checkout', () => {
  const part = {
    name: 'part',
    base: 'ws',
    ceiling: 'raw',
    cells: () => [
      { code: 'X1', target: { toBase: 2 } },
      { title: 'both', figures: [{ code: 'X2' }, { code: 'X3' }] }
    ],
    peers: ({ code }) => [
      'ws',
      'framewright',
      ...(code ? ['framewright/broadcast'] : []),
      'raw'
    ]
  };

  test('each flavour is compared with its own earlier one', () => {
    const { base, ceiling, cells, peers } = besideBefore(part);
    assert.deepEqual({ base, ceiling }, { base: 'before', ceiling: undefined });
    assert.deepEqual(cells({}).map(peers), [
      ['before', 'framewright'],
      ['before/broadcast', 'framewright/broadcast'],
      ['before', 'framewright']
    ]);
  });

  test('ratios are to it, and targets to stock ws are gone', () => {
    const [, prepared, both] = besideBefore(part).cells({});
    assert.deepEqual(prepared.base, ['before/broadcast']);
    assert.equal(prepared.target, undefined);
    assert.deepEqual(
      both.figures.map(({ base, code }) => [code, base]),
      [
        ['X2', ['before']],
        ['X3', ['before']]
      ]
    );
  });

  test('a folder without one is a mistake', () => {
    assert.throws(() => useBefore('bench'), UsageError);
  });
});

describe('results in pieces', () => {
  const cell = (ratio) => ({
    code: 'E1',
    title: 'echo',
    base: 'ws',
    unit: 'msg/s',
    peers: {
      ws: { median: 1000 },
      framewright: { toBase: { median: ratio, min: ratio, max: ratio } }
    }
  });
  const part = (ratio) => ({
    name: 'echo',
    title: 'Echo',
    cells: [cell(ratio)]
  });

  test('a node is added, and a part is replaced', () => {
    const full = { quick: false, rounds: 5 };
    const quick = { quick: true, rounds: 9 };
    const results = startResults(full, 0);
    putPart(runOf(results, 'v24.0.0'), part(2), full);
    putPart(runOf(results, 'v20.0.0'), part(3), quick);
    putPart(runOf(results, 'v24.0.0'), part(4), full);
    assert.deepEqual(
      results.runs.map(({ node, parts }) => [node, parts.length]),
      [
        ['v24.0.0', 1],
        ['v20.0.0', 1]
      ]
    );
    const page = markdown(results);
    assert.match(page, /\| E1 echo +\| × 4\.00 +\| × 3\.00 +\|/);
    assert.match(page, /Short rounds, 9 of them: echo on Node 20\.0\.0\./);
    assert.doesNotMatch(page, /on Node 24/);
  });
});

describe('options', () => {
  const parts = ['echo', 'codec'];

  test('the defaults are a quick run of everything', () => {
    const options = readOptions([], parts);
    assert.deepEqual(options.parts, parts);
    assert.equal(options.quick, true);
    assert.equal(options.rounds, 3);
    assert.equal(options.nodes, undefined);
    assert.equal(options.save, true);
  });

  test('a full run takes five rounds, on every node', () => {
    const { nodes, quick, rounds } = readOptions(['--full'], parts);
    assert.deepEqual({ quick, rounds }, { quick: false, rounds: 5 });
    assert.deepEqual(nodes, ['24', '20', '22', '26']);
    const { node, nodes: none } = readOptions(['--full', '--node', 'x'], parts);
    assert.deepEqual({ node, none }, { node: 'x', none: undefined });
  });

  test('lists are split', () => {
    const args = ['echo', '--nodes', '20, 22.1.0', '--peers', 'ws,raw'];
    const options = readOptions(args, parts);
    assert.deepEqual(options.parts, ['echo']);
    assert.deepEqual(options.nodes, ['20', '22.1.0']);
    assert.deepEqual(options.peers, ['ws', 'raw']);
  });

  for (const args of [
    ['nothing'],
    ['--wrong'],
    ['--quick', '--full'],
    ['--rounds', '0'],
    ['--rounds', 'many'],
    ['--nodes', '../../x'],
    ['--node', 'x', '--nodes', '24'],
    ['--before', '../before', '--peers', 'ws'],
    ['--into', 'results.json', '--no-save']
  ]) {
    test(`${args.join(' ')} is a mistake`, () => {
      assert.throws(() => readOptions(args, parts), UsageError);
    });
  }
});
