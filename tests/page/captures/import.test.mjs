// What others wrote down, dropped onto the page.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

import { byteLines, missingInspector, withPage } from '../support/page.mjs';
import { BYTES, TEXT, recordTraffic } from '../support/traffic.mjs';

const HEX = BYTES.map((byte) => byte.toString(16).padStart(2, '0'));
const BINARY = HEX.join(' ');

const ARCHIVES = [
  ['chrome', 'chrome.har', /HAR.*written by WebInspector.*as seconds/s],
  ['playwright', 'page.har', /HAR.*written by Playwright.*as milliseconds/s],
  ['mitmproxy', 'flows.zhar', /zlib.*written by mitmproxy.*as seconds/s],
  ['playwrightLines', 'page.jsonl', /lines are JSON.*as milliseconds/s]
];

describe('a dropped file', { skip: missingInspector() }, () => {
  let files;
  let inspector;

  withPage((opened) => ({ inspector } = opened));
  before(async () => {
    files = await recordTraffic();
  });

  it('of the proxy, pcapng: every frame of both connections', async () => {
    await inspector.drop(files.pcapng, 'proxy.pcapng');
    await inspector.sourceReads(/pcapng/);
    await inspector.rowsShown(12);

    const rows = await inspector.rows();
    const texts = rows.filter((row) => row.includes(TEXT));
    const fromClient = texts.filter((row) => /client TEXT F1··M/.test(row));
    const fromServer = texts.filter((row) => /server TEXT F1···/.test(row));
    assert.deepEqual([fromClient.length, fromServer.length], [2, 2]);
    assert.equal(rows.filter((row) => row.endsWith(BINARY)).length, 4);
    assert.equal(rows.filter((row) => /CLOSE.* 1000 bye/.test(row)).length, 4);
  });

  it('exported as pcapng and dropped again has the same bytes', async () => {
    const first = await inspector.export('hex');
    const { bytes, name } = await inspector.export('pcapng');
    await inspector.drop(bytes, name);
    await inspector.sourceReads(new RegExp(`^${name}.*pcapng`, 's'));
    await inspector.rowsShown(12);
    const second = await inspector.export('hex');
    assert.ok(byteLines(first).length >= 12);
    assert.deepEqual(byteLines(second), byteLines(first));
  });

  for (const [key, name, says] of ARCHIVES)
    it(`of the dialect of ${key}: its messages`, async () => {
      await inspector.drop(files[key], name);
      await inspector.sourceReads(says);
      await inspector.sourceReads(new RegExp(`^${name}`));
      await inspector.rowsShown(4);

      const rows = await inspector.rows();
      assert.ok(rows[0].endsWith(TEXT) && /client TEXT/.test(rows[0]), rows[0]);
      assert.ok(rows[1].endsWith(TEXT) && /server TEXT/.test(rows[1]), rows[1]);
      for (const row of rows.slice(2)) assert.ok(row.endsWith(BINARY), row);
    });

  it('of Chromium, NetLog: every frame’s header', async () => {
    await inspector.drop(files.netLog, 'netlog.json');
    await inspector.sourceReads(/NetLog/);
    await inspector.rowsShown(12);

    const rows = await inspector.rows();
    assert.equal(rows.filter((row) => /client TEXT F1··M/.test(row)).length, 2);
    assert.equal(rows.filter((row) => /server BIN F1···/.test(row)).length, 2);
    assert.equal(rows.filter((row) => /CLOSE/.test(row)).length, 4);
  });

  it('of Chromium, NetLog with bytes: each connection once', async () => {
    await inspector.drop(files.wholeNetLog, 'whole-netlog.json');
    await inspector.sourceReads(/NetLog.*connections? with their bytes/);
    await inspector.rowsShown(6);

    const rows = await inspector.rows();
    assert.ok(rows[0].endsWith(TEXT) && /client TEXT/.test(rows[0]), rows[0]);
    assert.equal(rows.filter((row) => /CLOSE/.test(row)).length, 2);
  });

  it('leaves no complaint in the console', () => {
    assert.deepEqual(inspector.complaints, []);
  });
});
