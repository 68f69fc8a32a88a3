// Payloads of the protocols that people send over WebSockets, as the page decodes them without being told which.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { before, describe, it } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';

import { jupyterV1 } from '../support/jupyter.mjs';
import { missingInspector, withPage } from '../support/page.mjs';

const require = createRequire(
  new URL('../../../npm/inspector/package.json', import.meta.url)
);
const mqtt = require('mqtt-packet');
const Y = require('yjs');

const utf8 = (text) => Buffer.from(text);
const json = (value) => utf8(JSON.stringify(value));

/** {"zstd":"zstd zstd zstd"}, as the zstd command writes it. */
const ZSTD = Buffer.from(
  '28b52ffd00589d0000587b227a737464223a20227d0200282574152e',
  'hex'
);

function yjsUpdate() {
  const doc = new Y.Doc();
  doc.clientID = 7;
  doc.getText('note').insert(0, 'Hello from Yjs');
  const update = Buffer.from(Y.encodeStateAsUpdate(doc));
  return Buffer.concat([Buffer.from([0, 2, update.length]), update]);
}

function signalRBinary() {
  // [6]: a ping; its length before it.
  return Buffer.from([2, 0x91, 6]);
}

/** Each: what, how it is called, its payload, and a row of its tree. */
const CASES = [
  ['JSON in a binary frame', 'JSON', json({ bid: 12 }), 2, /^bid: ?12$/],
  [
    'STOMP',
    'STOMP',
    utf8(
      'SEND\ndestination:/queue/a\ncontent-type:application/json\n\n{"n":1}\0'
    ),
    1,
    /^destination: ?"\/queue\/a"$/
  ],
  [
    'SignalR',
    'SignalR',
    utf8('{"type":1,"target":"Send","arguments":["hi"]}\x1e'),
    1,
    /^target: ?"Send"$/
  ],
  [
    'GraphQL',
    'GraphQL',
    json({ type: 'subscribe', id: '1', payload: { query: '{ bids }' } }),
    1,
    /^message: ?"subscribe"/
  ],
  [
    'Jupyter',
    'Jupyter',
    json({
      header: { msg_id: '1', msg_type: 'execute_request' },
      parent_header: {},
      metadata: {},
      content: { code: '1 + 1' },
      channel: 'shell'
    }),
    1,
    /^message: ?"execute_request"/
  ],
  ['Socket.IO', 'Socket.IO', utf8('42["bid",{"lot":4}]'), 1, /^event: ?"bid"$/],
  [
    'MQTT',
    'MQTT',
    mqtt.generate({ cmd: 'connect', clientId: 'sensor-7', protocolVersion: 5 }),
    2,
    /^clientId: ?"sensor-7"$/
  ],
  ['Yjs', 'Yjs', yjsUpdate(), 2, /^content: ?"Hello from Yjs"$/],
  [
    'gzip around JSON',
    'Decompressed',
    gzipSync(json({ inside: 'gzip' })),
    2,
    /^inside: ?"gzip"$/
  ],
  ['zstd', 'Decompressed', ZSTD, 2, /^zstd: ?"zstd zstd zstd"$/],
  [
    'zlib around MessagePack',
    'Decompressed',
    deflateSync(Buffer.from([0x81, 0xa1, 0x61, 0x01])),
    2,
    /^"?a"?: ?1$/
  ]
];

/** Chosen by hand: nothing tells that they are this. */
const CHOSEN = [
  ['SignalR in MessagePack', 'SignalR', signalRBinary(), /ping/],
  [
    'Jupyter in its version 1',
    'Jupyter',
    jupyterV1(
      'iopub',
      json({ msg_type: 'stream' }),
      json({}),
      json({}),
      json({ text: 'printed' })
    ),
    /^message: ?"stream"/
  ]
];

function frame(payload, opcode) {
  assert.ok(payload.length < 65_536);
  const head = Buffer.from([0x80 | opcode, 126, 0, 0]);
  head.writeUInt16BE(payload.length, 2);
  return payload.length < 126
    ? Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload])
    : Buffer.concat([head, payload]);
}

describe('a payload of', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  withPage((opened) => ({ inspector, page } = opened));
  before(async () => {
    const frames = [
      ...CASES.map(([, , payload, opcode]) => frame(payload, opcode)),
      ...CHOSEN.map(([, , payload]) => frame(payload, 2))
    ];
    await inspector.drop(Buffer.concat(frames), 'protocols.bin');
    await inspector.rowsShown(frames.length);
    await page.getByRole('tab', { name: 'Message' }).click();
  });
  const item = (name) => page.getByRole('treeitem', { name }).first();

  async function choose(row) {
    await inspector.row(row).click();
    await page.getByText(`Frame ${row + 1}`, { exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Message' }).click();
  }

  for (const [index, [what, label, , , row]] of CASES.entries())
    it(`${what} is known by its content`, async () => {
      await choose(index);
      await page
        .getByRole('button', { name: `Auto: ${label}`, exact: true })
        .waitFor();
      await item(row).waitFor();
      assert.deepEqual(inspector.complaints, []);
    });

  for (const [index, [what, label, , row]] of CHOSEN.entries())
    it(`${what} is decoded where it is chosen, by keys`, async () => {
      await choose(CASES.length + index);
      const more = page.getByLabel('Other formats');
      await more.focus();
      await page.keyboard.type(label);
      await item(row).waitFor();
      await page.getByRole('button', { name: 'Auto', exact: true }).click();
      assert.deepEqual(inspector.complaints, []);
    });

  it('another format says what is wrong, and takes no more than its limit', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    await inspector.drop(
      Buffer.concat([frame(bomb.subarray(0, 65_535), 2)]),
      'cut.bin'
    );
    await inspector.rowsShown(1);
    await page.getByRole('tab', { name: 'Message' }).click();
    await inspector.reads(
      'fw-message-view .problem',
      /^Not Decompressed: it decompresses to more than 16 MiB$/
    );
    assert.deepEqual(inspector.complaints, []);
  });
});
