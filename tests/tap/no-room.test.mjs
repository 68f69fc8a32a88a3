// What a tap does whose watcher takes nothing for a while.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { it } from 'node:test';
import { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import {
  LiveDecoder,
  RecordType
} from '../../npm/inspector/src/live/decoder.js';

const require = createRequire(import.meta.url);
const Connection = require('../../npm/framewright/lib/tap/connection.js');
const Tap = require('../../npm/framewright/lib/tap/tap.js');

const LIMIT = { timeout: 60_000 };
const BUFFER_LENGTH = 256 * 1024;

const about = (path) => ({
  isTls: false,
  peer: '127.0.0.1:1',
  request: `GET ${path} HTTP/1.1\r\n\r\n`,
  response: 'HTTP/1.1 101 Switching Protocols\r\n\r\n'
});

/** Decodes what it takes, which is nothing until it is told to. */
class SlowSink extends Writable {
  records = [];
  #decoder = new LiveDecoder();
  #takes = [];
  #isTaking = false;

  _write(bytes, encoding, cb) {
    const take = () => {
      this.records.push(...this.#decoder.push(bytes));
      cb();
    };
    if (this.#isTaking) take();
    else this.#takes.push(take);
  }

  take() {
    this.#isTaking = true;
    for (const take of this.#takes.splice(0)) take();
  }

  all(type) {
    return this.records.filter((record) => record.type === type);
  }

  async until(condition) {
    while (!condition()) await delay(5);
  }
}

/** A tap whose watcher's queue is full to the last byte that finds room. */
function full(t) {
  const tap = new Tap();
  const sink = new SlowSink();
  tap.watch(sink, { bufferLength: BUFFER_LENGTH, source: 'test' });
  t.after(() => sink.destroy());
  const filler = tap.open(new Connection(), about('/filler'));
  // Ever shorter ones, as a long one that finds no room leaves some.
  for (const length of [100_000, 10_000, 1000, 100, 10, 1]) {
    for (let i = 0; i < 128; i++) filler.chunk(false, Buffer.alloc(length));
  }
  return { filler, sink, tap };
}

it('announces a connection late that found no room', LIMIT, async (t) => {
  const { sink, tap } = full(t);
  const late = tap.open(new Connection(), about('/late'));
  late.chunk(false, Buffer.from('lost'));
  sink.take();
  await sink.until(() => sink.all(RecordType.CHUNK_IN).length > 0);
  await sink.until(() => {
    late.chunk(false, Buffer.from('shown'));
    return sink.all(RecordType.OPEN).length === 2;
  });
  const [, opened] = sink.all(RecordType.OPEN);
  assert.equal(opened.isMidstream, true);
  assert.equal(opened.conn, late.id);
  await sink.until(() =>
    sink.all(RecordType.CHUNK_IN).some(({ conn }) => conn === late.id)
  );
  const shown = sink
    .all(RecordType.CHUNK_IN)
    .find(({ conn }) => conn === late.id);
  assert.equal(Buffer.from(shown.bytes).toString(), 'shown');
  // It began there, as far as the watcher knows.
  const gaps = sink.all(RecordType.GAP).filter(({ conn }) => conn === late.id);
  assert.deepEqual(gaps, []);
});

it(
  'says nothing of a connection that came and went meanwhile',
  LIMIT,
  async (t) => {
    const { filler, sink, tap } = full(t);
    const unseen = tap.open(new Connection(), about('/unseen'));
    unseen.chunk(true, Buffer.from('lost'));
    unseen.close(1);
    sink.take();
    await sink.until(() => sink.all(RecordType.CHUNK_IN).length > 0);
    filler.close(2);
    await sink.until(() => sink.all(RecordType.CLOSE).length > 0);
    assert.deepEqual(
      sink.all(RecordType.OPEN).map(({ conn }) => conn),
      [filler.id]
    );
    assert.deepEqual(
      sink.all(RecordType.CLOSE).map(({ conn, by }) => [conn, by]),
      [[filler.id, 2]]
    );
  }
);

it(
  'tells what was lost of a connection before it tells its end',
  LIMIT,
  async (t) => {
    const { filler, sink } = full(t);
    filler.chunk(true, Buffer.from('answer'));
    filler.close(1);
    sink.take();
    await sink.until(() => sink.all(RecordType.CLOSE).length > 0);
    const last = sink.records.slice(-3).map(({ type }) => type);
    assert.deepEqual(last, [RecordType.GAP, RecordType.GAP, RecordType.CLOSE]);
    const [lostIn, lostOut] = sink.all(RecordType.GAP).slice(-2);
    assert.deepEqual([lostIn.isOut, lostOut.isOut], [false, true]);
    assert.equal(lostOut.lost, 'answer'.length);
  }
);
