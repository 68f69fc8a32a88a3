// Protobuf messages, read with their schema: .proto files and descriptor sets that are dropped onto the page.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';

import { missingInspector, withPage } from '../support/page.mjs';

const require = createRequire(
  new URL('../../../npm/inspector/package.json', import.meta.url)
);
const protobuf = require('protobufjs');
require('protobufjs/ext/descriptor');

const PROTO = `
syntax = "proto3";
package auction;
enum State { OPEN = 0; SOLD = 1; }
message Money { int64 units = 1; string currency = 2; }
message Bid {
  uint32 lot = 1;
  Money price = 2;
  repeated sint32 steps = 3;
  map<string, bool> flags = 4;
  State state = 5;
}
message Login { string user = 1; bytes token = 2; }
`;
const { root } = protobuf.parse(PROTO, { keepCase: true });

const BID = {
  lot: 42,
  price: { units: 1250, currency: 'EUR' },
  steps: [-3, 70_000],
  flags: { reserve: true },
  state: 1
};

function encode(name, value) {
  const type = root.lookupType(`auction.${name}`);
  return Buffer.from(type.encode(type.fromObject(value)).finish());
}

function frame(payload) {
  return Buffer.concat([Buffer.from([0x82, payload.length]), payload]);
}

/** Frames of text as well, as what they are is told by what they look like. */
const TEXT = Buffer.from('\x81\x05Hello', 'latin1');

const CAPTURE = Buffer.concat([
  TEXT,
  frame(encode('Bid', BID)),
  frame(encode('Login', { user: 'Ada', token: Buffer.from('c0ffee', 'hex') }))
]);

function descriptorSet() {
  const { FileDescriptorSet } = protobuf.descriptor;
  return Buffer.from(
    FileDescriptorSet.encode(root.toDescriptor('proto3')).finish()
  );
}

describe('a protobuf message', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  withPage((opened) => ({ inspector, page } = opened));
  const item = (name) => page.getByRole('treeitem', { name }).first();

  async function open() {
    await inspector.drop(CAPTURE, 'bids.bin');
    await inspector.rowsShown(3);
    await inspector.row(1).click();
    await page.getByText('Frame 2', { exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Message' }).click();
  }

  async function showsBid() {
    for (const row of [
      /^lot: ?42$/,
      /^units: ?1250$/,
      /^currency: ?"EUR"$/,
      /^1: ?70000$/,
      /^reserve: ?true$/,
      /^state: ?"SOLD"enum1$|^state: ?"SOLD" ?enum ?1$/
    ])
      await item(row).waitFor();
  }

  it('has only numbers without a schema, and says what to do', async () => {
    await open();
    await page.getByRole('button', { name: 'Protobuf', exact: true }).click();
    await item(/^field 1: ?42/).waitFor();
    await page.getByRole('button', { name: 'Auto', exact: true }).click();
    await page.getByText('Without a schema').waitFor({ state: 'detached' });
  });

  it('has names once a .proto file is dropped, and is found by itself', async () => {
    await inspector.drop(Buffer.from(PROTO), 'auction.proto');
    await page.getByRole('button', { name: 'Auto: Protobuf' }).waitFor();
    await showsBid();
    await inspector.row(2).click();
    await item(/^user: ?"Ada"$/).waitFor();
    await item(/^token: ?3 bytes: c0 ff ee$/).waitFor();
  });

  it('is read as the type that is chosen', async () => {
    await page.getByLabel('Type').focus();
    await page.keyboard.type('auction.Money');
    await inspector.reads(
      'fw-message-view .problem',
      /^Not Protobuf: units has wire type 2, and its type has 0$/
    );
    await page.getByLabel('Type').selectOption('auction.Login');
    await item(/^user: ?"Ada"$/).waitFor();
  });

  it('keeps the focus of who chooses by keys, also when more types come', async () => {
    const type = page.getByLabel('Type');
    const hasFocus = () =>
      type.evaluate((select) => select.getRootNode().activeElement === select);
    await type.focus();
    await page.keyboard.press('Home');
    for (const name of ['auction.Money', 'auction.Bid', 'auction.Login']) {
      await page.keyboard.press('ArrowDown');
      assert.equal(await type.inputValue(), name);
      await inspector.reads('fw-message-view .schema', /auction\.proto/);
      assert.ok(await hasFocus(), name);
    }
    await inspector.drop(
      Buffer.from(
        'syntax = "proto3"; package zoo; message Ape { int32 a = 1; }'
      ),
      'zoo.proto'
    );
    await type.locator('option', { hasText: 'zoo.Ape' }).waitFor({
      state: 'attached'
    });
    assert.ok(await hasFocus());
    assert.equal(await type.inputValue(), 'auction.Login');
    await page.keyboard.press('End');
    assert.equal(await type.inputValue(), 'zoo.Ape');
    assert.ok(await hasFocus());
    await page.keyboard.press('Home');
    await page.getByRole('button', { name: 'Auto: Protobuf' }).waitFor();
    assert.deepEqual(inspector.complaints, []);
  });

  it('has names from a descriptor set as well', async () => {
    await page.reload();
    await inspector.rowsShown(16);
    await inspector.drop(descriptorSet(), 'auction.binpb');
    await open();
    await page.getByRole('button', { name: 'Auto: Protobuf' }).waitFor();
    await showsBid();
    assert.deepEqual(inspector.complaints, []);
  });

  it('has its types also where another is selected while they are read', async () => {
    await page.reload();
    await inspector.rowsShown(16);
    await open();
    await page.locator('fw-frame-list .scroller').focus();
    const dropped = inspector.drop(Buffer.from(PROTO), 'auction.proto');
    for (let i = 0; i < 20; i++)
      await page.keyboard.press(i % 2 === 0 ? 'ArrowDown' : 'ArrowUp');
    await dropped;
    await page
      .getByLabel('Type')
      .locator('option', { hasText: 'auction.Bid' })
      .waitFor({ state: 'attached' });
  });

  it('says what is wrong with a schema', async () => {
    await inspector.drop(Buffer.from('message {'), 'wrong.proto');
    await inspector.reads('fw-message-view .problem', /wrong\.proto: illegal/);
  });
});
