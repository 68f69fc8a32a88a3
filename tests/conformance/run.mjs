// Runs all cases in one process, and tells the parent what doesn't hold.
//
//   node tests/conformance/run.mjs stock | framewright [part of a name]
//
// With FRAMEWRIGHT_TEST_HTTP2, over HTTP/2.

import assert from 'node:assert/strict';

import {
  counters,
  loadAccelerated,
  loadCopy,
  deafen
} from '../lib/ws-copies.mjs';
import { OurScene } from '../semantics/support/transport.mjs';

import { CASES } from './cases.mjs';
import { converse } from './endpoint.mjs';

const ROLES = ['server', 'client'];
const [against, filter] = process.argv.slice(2);
const copy =
  against === 'stock' ? deafen(loadCopy('8.23')) : loadAccelerated('8.23');
const failures = [];
let count = 0;

for (const role of ROLES) {
  for (const kase of CASES) {
    if (!(kase.roles ?? ROLES).includes(role)) continue;
    const name = `${role}, RFC ${kase.section}: ${kase.name}`;
    if (filter && !name.includes(filter)) continue;
    count++;
    for (const [aspect, detail] of await differences(kase, role)) {
      const meant = against === 'stock' && kase.stock?.[aspect];
      failures.push({ name, aspect, detail, meant: meant ?? null });
    }
  }
}

// Where stock ws differs is listed; what is listed must differ.
const result = {
  count,
  failures,
  frames: against === 'stock' ? null : counters().frames
};
if (process.send) process.send(result, () => process.disconnect());
else console.dir(result, { depth: 4 });

async function differences(kase, role) {
  const writes = kase.writes[role] ?? kase.writes;
  const options = {
    perMessageDeflate: false,
    ...kase.options
  };
  const outcome = await converse(new OurScene(copy), role, {
    ...kase,
    writes,
    options
  });
  const found = [];
  const check = (aspect, actual, expected) => {
    try {
      assert.deepEqual(actual, expected);
    } catch (err) {
      found.push([aspect, err.message.slice(0, 600)]);
    }
  };

  check('frames', messages(outcome.frames).map(brief), kase.expect.map(brief));
  check('close', outcome.close, kase.close);
  if (kase.failsAt !== undefined) {
    check('failsAt', outcome.failedAt, kase.failsAt);
  }
  for (const { masked, rsv, kind } of outcome.frames) {
    check('masked', masked, role === 'client');
    const isData = kind === 'text' || kind === 'binary';
    check('rsv', rsv, kase.isCompressed && isData ? 4 : 0);
  }
  return found;
}

function messages(frames) {
  return frames.map(({ kind, payload, rest }) => [
    rest ? `rest of ${rest}` : kind,
    payload ?? Buffer.alloc(0)
  ]);
}

/** A payload's text, hex or length, and the payload itself where it is long. */
function brief([kind, payload]) {
  return payload.length < 200
    ? [kind, payload.toString('latin1')]
    : [kind, payload.length, payload.toString('hex', 0, 40), digest(payload)];
}

function digest(bytes) {
  let hash = 0;
  for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) | 0;
  return hash;
}
