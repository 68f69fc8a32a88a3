import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import {
  LiveDecoder,
  LiveStreamError,
  RecordType
} from '../../../npm/inspector/src/live/decoder.js';
import {
  LiveEncoder,
  PREAMBLE
} from '../../../npm/inspector/scripts/live-encoder.mjs';

const utf8 = new TextEncoder();

/** One of each record. */
function stream() {
  const live = new LiveEncoder();
  return Buffer.concat([
    PREAMBLE,
    live.start(1_767_225_600_000_000, '127.0.0.1:3000'),
    live.open(1000, 0, {
      flags: 3,
      peer: '127.0.0.1:50000',
      request: utf8.encode('GET / HTTP/1.1\r\n\r\n'),
      response: utf8.encode('HTTP/1.1 101 X\r\n\r\n')
    }),
    live.chunk(2000, 0, false, Uint8Array.of(0x89, 0x00)),
    live.chunk(2 ** 40, 0, true, new Uint8Array(70_000).fill(7)),
    live.gap(2 ** 40, 0, true, 123_456, 17),
    live.gap(2 ** 40 + 1, 0, false, 5),
    live.drops(2 ** 40 + 2, 3, 4_000_000_000),
    // A type of a later version.
    Buffer.from([0x7e, 2, 0, 2]),
    live.tick(2 ** 40 + 3),
    live.close(2 ** 40 + 4, 0, 2)
  ]);
}

function decode(bytes, cut = bytes.length) {
  const decoder = new LiveDecoder();
  const records = [];
  for (let at = 0; at < bytes.length; at += cut)
    for (const record of decoder.push(bytes.subarray(at, at + cut)))
      records.push(structuredClone(record));
  assert.equal(decoder.pendingLen, 0);
  return records;
}

describe('the live stream', () => {
  it('comes back as it was written', () => {
    const records = decode(stream());

    assert.deepEqual(
      records.map(({ type }) => type),
      [1, 2, 3, 4, 5, 5, 7, 6]
    );
    assert.equal(records[0].source, '127.0.0.1:3000');
    assert.equal(records[1].isMidstream, true);
    assert.equal(records[1].isTls, true);
    assert.equal(records[1].peer, '127.0.0.1:50000');
    assert.equal(records[3].time, 2 ** 40);
    assert.equal(records[3].bytes.length, 70_000);
    assert.equal(records[4].resumeOffset, 17);
    assert.equal(records[4].lost, 123_456);
    assert.equal(records[5].resumeOffset, null);
    assert.deepEqual([records[6].chunks, records[6].bytes], [3, 4_000_000_000]);
    assert.equal(records[7].time, 2 ** 40 + 4);
  });

  it('is the same however it is cut', () => {
    const bytes = stream();
    const whole = decode(bytes);

    for (const cut of [1, 2, 3, 7, 1000, 65_536])
      assert.deepEqual(decode(bytes, cut), whole);
  });

  it('is refused with a reason where it is none', () => {
    const cases = [
      [Buffer.from('HTTP/1.1 404'), /preamble/],
      [Buffer.from('FWLV\x02'), /version 2/],
      [Buffer.concat([PREAMBLE, Buffer.alloc(9, 0xff)]), /record of/],
      [Buffer.concat([PREAMBLE, Buffer.from([3, 1, 0x80])]), /inside a field/],
      [Buffer.concat([PREAMBLE, Buffer.from([2, 4, 0, 0, 0, 9])]), /inside/]
    ];
    for (const [bytes, message] of cases)
      assert.throws(
        () => [...new LiveDecoder().push(bytes)],
        (error) =>
          error instanceof LiveStreamError && message.test(error.message)
      );
  });

  it('is what LIVE.md’s example says', () => {
    const text = readFileSync(
      new URL('../../../npm/inspector/LIVE.md', import.meta.url),
      'utf8'
    );
    const example = text.slice(text.indexOf('## Example'));
    const hex = example
      .split('\n')
      .map((line) => /^((?:[0-9A-F]{2} ?)+)/.exec(line)?.[1] ?? '')
      .join(' ');
    const records = decode(Buffer.from(hex.replace(/\s/g, ''), 'hex'));

    assert.deepEqual(
      records.map(({ type }) => type),
      [
        RecordType.START,
        RecordType.OPEN,
        RecordType.CHUNK_IN,
        RecordType.CHUNK_OUT,
        RecordType.CLOSE
      ]
    );
    assert.equal(records[0].source, 'demo');
    assert.equal(
      Buffer.from(records[2].bytes).toString('hex'),
      '818537fa213d7f9f4d5158'
    );
    assert.equal(records[4].time, 4_000_000);
  });
});
