// A capture of more frames than fit into memory: what fits is shown, and used.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

import { handshake } from '../support/handshake.mjs';
import { missingInspector, withPage } from '../support/page.mjs';

/** A pcap of one connection of which the server sends pongs of 2 bytes. */
function tinyFrames(count) {
  const { request, response } = handshake({ host: 'a' });
  const client = { ip: [10, 0, 0, 1], port: 1000, next: 1 };
  const server = { ip: [10, 0, 0, 2], port: 80, next: 1 };
  const packets = [
    packet(client, server, Buffer.from(request)),
    packet(server, client, Buffer.from(response))
  ];
  const frames = Buffer.alloc(60_000, Buffer.from([0x8a, 0x00]));
  for (let left = count * 2; left > 0; left -= frames.length)
    packets.push(packet(server, client, frames.subarray(0, left)));
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(101, 20);
  return Buffer.concat([header, ...packets]);
}

function packet(from, to, payload) {
  const bytes = Buffer.alloc(16 + 40 + payload.length);
  bytes.writeUInt32LE(1_700_000_000, 0);
  bytes.writeUInt32LE(40 + payload.length, 8);
  bytes.writeUInt32LE(40 + payload.length, 12);
  const ip = bytes.subarray(16);
  ip[0] = 0x45;
  ip.writeUInt16BE(ip.length, 2);
  ip[8] = 64;
  ip[9] = 6;
  ip.set(from.ip, 12);
  ip.set(to.ip, 16);
  ip.writeUInt16BE(from.port, 20);
  ip.writeUInt16BE(to.port, 22);
  ip.writeUInt32BE(from.next, 24);
  ip.writeUInt32BE(to.next, 28);
  ip[32] = 0x50;
  ip[33] = 0x18;
  from.next += payload.length;
  payload.copy(ip, 40);
  return bytes;
}

const NOTICE =
  /tiny\.pcap: this is too much for 16 MiB of memory\. What fits is shown: its first (\d+) frames.*split the file/;

describe('a capture that does not fit', { skip: missingInspector() }, () => {
  let inspector;
  let page;

  withPage((opened) => ({ inspector, page } = opened));
  before(async () => {
    await page.evaluate(() => {
      document.querySelector('frame-inspector').memory = 16;
    });
  });

  const held = () =>
    page.evaluate(
      () =>
        document
          .querySelector('frame-inspector')
          .shadowRoot.querySelector('fw-frame-list').view.count
    );

  it('is shown as far as it fits, and the page says so', async () => {
    await inspector.drop(tinyFrames(1_000_000), 'tiny.pcap');
    await inspector.reads('.notice.bad', NOTICE);
    const notice = await page.locator('.notice.bad').innerText();
    const frames = Number(NOTICE.exec(notice)[1]);
    assert.ok(frames > 100_000 && frames < 1_000_000, notice);
    await inspector.rowsShown(frames);
    await inspector.sourceReads(/not read to its end/);
  });

  it('can be selected, filtered and exported', async () => {
    const frames = await held();
    await inspector.row(0).click();
    await page.keyboard.press('End');
    await inspector.reads(
      'section.detail .summary',
      new RegExp(`Frame ${frames.toLocaleString('en')}`)
    );

    await inspector.filter('opcode==pong frame<=100');
    await inspector.rowsShown(100);
    await inspector.filter('');
    await inspector.rowsShown(frames);

    const { bytes } = await inspector.export('pcapng');
    assert.ok(bytes.length > frames * 2);
  });

  it('gives way to another capture', async () => {
    await inspector.drop(tinyFrames(1000), 'short.pcap');
    await inspector.rowsShown(1000);
    await inspector.sourceReads(/short\.pcap/);
    assert.equal(await page.locator('.notice.bad').count(), 0);
    assert.deepEqual(inspector.complaints, []);
  });
});
