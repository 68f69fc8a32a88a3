// How a run of the Autobahn TestSuite is told: how far it is, and what came of it.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { it } from 'node:test';

import { isTimeout, outcomeOf } from './wstest/outcome.mjs';
import { tellProgress } from './wstest/progress.mjs';

it('says how far it is', async () => {
  const lines = ['Ok, will run 60 test cases for any clients connecting'];
  for (let i = 1; i <= 60; i++) {
    lines.push(`Running test case ID 1.1.${i} for agent ws from peer tcp4:x`);
    lines.push('Something else');
  }
  const told = [];
  await tellProgress(
    Readable.from([`${lines.join('\n')}\n`]),
    'server, native',
    (line) => told.push(line)
  );
  assert.deepEqual(told, [
    'server, native: 1 of 60, case 1.1.1',
    'server, native: 26 of 60, case 1.1.26',
    'server, native: 51 of 60, case 1.1.51'
  ]);
});

/** The parts of a report that say how a case ended. */
const report = (wirelog, more) => ({
  wasCloseHandshakeTimeout: false,
  wasOpenHandshakeTimeout: false,
  wasServerConnectionDropTimeout: false,
  wirelog,
  ...more
});

const IN_TIME = report([
  ['KL', 1],
  ['RO', [2, '0x8800']]
]);

it("knows the suite's own timeouts", () => {
  assert.equal(isTimeout(IN_TIME), false);
  assert.equal(isTimeout(report([['TI', 60], ['TIE']])), true);
  assert.equal(isTimeout(report([['KL', 1], ['KLE']])), true);
  for (const name of [
    'wasCloseHandshakeTimeout',
    'wasOpenHandshakeTimeout',
    'wasServerConnectionDropTimeout'
  ]) {
    assert.equal(isTimeout(report([], { [name]: true })), true, name);
  }
});

it('tells them from faults', () => {
  const reports = { a: IN_TIME, b: report([['KLE']]) };
  const entry = (behavior, behaviorClose, reportfile) => ({
    behavior,
    behaviorClose,
    reportfile
  });
  const outcome = outcomeOf(
    {
      '1.1.1': entry('OK', 'OK', 'a'),
      '1.1.2': entry('FAILED', 'OK', 'a'),
      '1.1.3': entry('OK', 'UNCLEAN', 'a'),
      '6.4.1': entry('NON-STRICT', 'OK', 'a'),
      '7.1.6': entry('INFORMATIONAL', 'INFORMATIONAL', 'b'),
      '9.1.1': entry('FAILED', 'OK', 'b')
    },
    (file) => reports[file]
  );
  assert.deepEqual(outcome, {
    counts: { FAILED: 2, INFORMATIONAL: 1, 'NON-STRICT': 1, OK: 2 },
    faults: ['1.1.2', '1.1.3', '6.4.1'],
    timeouts: ['9.1.1'],
    total: 6
  });
});
