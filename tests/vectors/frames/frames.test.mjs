// The frame vectors, on stock ws, on ws accelerated, and on the naive decoder that judges between them.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';

import { ERROR_CODES } from '../../lib/error-codes.mjs';
import { decodeNaively } from '../../lib/naive-decoder.mjs';
import {
  counters,
  loadTwins,
  perMessageDeflate
} from '../../lib/ws-copies.mjs';

import { parseBytes } from '../lib/bytes.mjs';
import { ERRORS, wsError } from '../lib/ws-errors.mjs';

const FOLDER = new URL('.', import.meta.url);
const MANY = 200;

const { stock, ours } = loadTwins('8.23');
const vectors = fs
  .readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .flatMap((file) =>
    JSON.parse(fs.readFileSync(new URL(file, FOLDER), 'utf8')).map(
      (vector) => ({ file, ...vector })
    )
  );

for (const vector of vectors) {
  const { file, name, events, stock_events: stockEvents = events } = vector;

  test(`${file}: ${name}`, async () => {
    for (const chunks of chunkings(vector)) {
      const cut = `cut ${chunks.map(({ length }) => length)}`.slice(0, 80);
      assert.deepEqual(
        await decode(stock, vector, chunks),
        stockEvents.map(expected),
        `stock, ${cut}`
      );
      assert.deepEqual(
        await decode(ours, vector, chunks),
        events.map(expected),
        `ours, ${cut}`
      );
    }
    if (!vector.chunks) {
      assert.deepEqual(naively(vector), events.map(naivelyExpected), 'naive');
    }
  });
}

test('the vectors cover all errors, and the codec read them', () => {
  const names = vectors.flatMap(({ events }) =>
    events.flatMap(({ error = [] }) => error)
  );
  const seen = new Set(names.map((name) => name.replace(/\(.*/, '')));
  assert.deepEqual([...seen].sort(), Object.keys(ERRORS).sort());

  const codes = new Set(names.map((name) => wsError(name).code));
  assert.deepEqual([...codes].sort(), ERROR_CODES);

  assert.ok(counters().frames > vectors.length);
});

/** The stream whole, cut in two at every boundary, and byte by byte; long ones not everywhere. */
function* chunkings({ bytes, chunks }) {
  if (chunks) {
    yield chunks.map((lines) => Buffer.concat(lines.map(parseBytes)));
    return;
  }
  const whole = Buffer.concat(bytes.map(parseBytes));
  if (whole.length === 0) return;
  yield [whole];
  const step = Math.ceil(whole.length / MANY);
  for (let at = 1; at < whole.length; at += at < 20 ? 1 : step) {
    yield [whole.subarray(0, at), whole.subarray(at)];
  }
  yield Array.from(whole, (byte) => Buffer.from([byte]));
}

/** Feeds chunks to a Receiver, and returns what it made of them. */
async function decode(copy, vector, chunks) {
  const isServer = vector.role === 'server';
  const extension = perMessageDeflate(copy, isServer, {});
  const receiver = new copy.Receiver({
    isServer,
    extensions: vector.permessage_deflate && {
      'permessage-deflate': extension
    },
    maxPayload: vector.max_payload_len,
    maxFragments: vector.max_fragments,
    maxBufferedChunks: vector.max_buffered_chunks,
    skipUTF8Validation: vector.validate_utf8 === false
  });
  const events = [];
  let isOver = false;
  receiver.on('message', (data, isBinary) => {
    events.push([isBinary ? 'binary' : 'text', hex(data)]);
  });
  receiver.on('ping', (data) => events.push(['ping', hex(data)]));
  receiver.on('pong', (data) => events.push(['pong', hex(data)]));
  receiver.on('conclude', (code, reason) => {
    isOver = true;
    events.push(['close', code, hex(reason)]);
  });
  receiver.on('error', (err) => {
    isOver = true;
    const { code, message } = err;
    const className = err.constructor.name;
    events.push(['error', { className, code, message }, err[copy.kStatusCode]]);
  });
  for (const chunk of chunks) {
    if (isOver) break;
    receiver.write(Buffer.from(chunk));
    isOver ||= receiver._writableState.errored !== null;
  }
  do {
    await new Promise(setImmediate);
  } while (receiver._writableState.length > 0 && !isOver);
  extension.cleanup();
  return events;
}

function expected(event) {
  if ('error' in event) {
    return ['error', wsError(event.error), event.close_code];
  }
  if ('close' in event) {
    return ['close', event.close, hex(textOrBytes(event, 'reason'))];
  }
  if ('text' in event || 'text_bytes' in event) {
    return ['text', hex(textOrBytes(event, 'text'))];
  }
  const [[type, bytes]] = Object.entries(event);
  return [type, hex(parseBytes(bytes))];
}

function naively(vector) {
  const { events, error } = decodeNaively(
    Buffer.concat(vector.bytes.map(parseBytes)),
    {
      isServer: vector.role === 'server',
      deflate: vector.permessage_deflate ? {} : null,
      maxPayload: vector.max_payload_len,
      maxFragments: vector.max_fragments,
      skipUTF8Validation: vector.validate_utf8 === false
    }
  );
  const list = events.map(({ type, payload, code, reason }) =>
    type === 'close' ? [type, code, hex(reason)] : [type, hex(payload)]
  );
  return error ? [...list, ['error', error]] : list;
}

function naivelyExpected(event) {
  return 'error' in event ? ['error', event.error] : expected(event);
}

function textOrBytes(event, name) {
  const bytes = event[`${name}_bytes`];
  return bytes === undefined ? Buffer.from(event[name]) : parseBytes(bytes);
}

function hex(bytes) {
  return Buffer.from(bytes).toString('hex');
}
