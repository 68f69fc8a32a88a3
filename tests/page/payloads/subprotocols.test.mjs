// What "Auto" finds by what the connection agreed on, where the bytes alone could be anything.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { BINARY, TEXT, frame } from '../../lib/frames.mjs';
import { handshake } from '../support/handshake.mjs';
import { jupyterV1 } from '../support/jupyter.mjs';
import { missingInspector, withPage } from '../support/page.mjs';
import { Tap } from '../support/tap.mjs';

/** Each: subprotocol, payload, opcode, what it is by it, and without it. */
const CASES = [
  ['mqtt', Buffer.from('c000', 'hex'), BINARY, 'MQTT', 'Hex'],
  [
    'graphql-transport-ws',
    Buffer.from('{"type":"ping"}'),
    TEXT,
    'GraphQL',
    'JSON'
  ],
  [
    'graphql-ws',
    Buffer.from('{"id":"1","type":"data","payload":{"data":null}}'),
    TEXT,
    'GraphQL',
    'JSON'
  ],
  [
    'v1.kernel.websocket.jupyter.org',
    jupyterV1('iopub', '{"msg_type":"status"}', '{}', '{}', '{"busy":true}'),
    BINARY,
    'Jupyter',
    /^(?!Jupyter)/
  ],
  // These say what they are.
  [
    'v12.stomp',
    Buffer.from('SEND\ndestination:/bids\n\n12\0'),
    TEXT,
    'STOMP',
    'STOMP'
  ]
];

describe('Auto', { skip: missingInspector() }, () => {
  let inspector;
  let page;
  let tap;

  withPage((opened) => ({ inspector, page } = opened));
  before(async () => {
    tap = await Tap.listen();
    await inspector.watch(tap);
    await inspector.sourceReads(/a test/);
    for (const [index, [subprotocol, payload, opcode]] of CASES.entries())
      for (const [part, agreed] of [subprotocol, null].entries()) {
        const id = 2 * index + part + 1;
        const about = handshake({ agreed });
        tap.tell((live, time) => live.open(time, id, about));
        const bytes = frame({ opcode, payload });
        tap.tell((live, time) => live.chunk(time, id, true, bytes));
      }
    await inspector.rowsShown(2 * CASES.length);
    await page.getByRole('tab', { name: 'Message' }).click();
  });
  after(() => tap?.close());

  for (const [index, [subprotocol, , , by, without]] of CASES.entries())
    it(`knows what ${subprotocol} carries`, async () => {
      for (const [part, label] of [by, without].entries()) {
        const row = 2 * index + part;
        await inspector.row(row).click();
        await page.getByText(`Frame ${row + 1}`, { exact: true }).waitFor();
        const auto = page.getByRole('button', { name: /^Auto: / });
        const pattern =
          typeof label === 'string'
            ? `Auto: ${label}$`
            : `Auto: ${label.source.slice(1)}`;
        await inspector.reads(auto, new RegExp(pattern));
      }
      assert.deepEqual(inspector.complaints, []);
    });
});
