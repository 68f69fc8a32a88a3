import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { encode as encodeMsgpack } from '@msgpack/msgpack';
import { Tag, encode as encodeCbor } from 'cbor2';

import { decodeCbor } from '../../../npm/inspector/src/decode/cbor.js';
import { decodeJson } from '../../../npm/inspector/src/decode/json.js';
import { decodeMsgpack } from '../../../npm/inspector/src/decode/msgpack.js';
import { decodeProtobuf } from '../../../npm/inspector/src/decode/protobuf.js';
import {
  decodeSocketIo,
  looksLikeSocketIo
} from '../../../npm/inspector/src/decode/socketio.js';
import { TextRows } from '../../../npm/inspector/src/decode/text-rows.js';
import { ValueTree } from '../../../npm/inspector/src/decode/value-tree.js';

const utf8 = new TextEncoder();

/** The tree as lines, as deep as it goes. */
function lines(value) {
  const tree = new ValueTree(value);
  const out = [];
  const visit = (node, depth) => {
    const { key, type, text, note, childCount } = node;
    const shown = childCount > 0 ? '' : ` ${text}`;
    const noted = note && ` (${note})`;
    out.push(`${'  '.repeat(depth)}${key}: ${type}${shown}${noted}`);
    for (const child of tree.children(node.id, 0, childCount))
      visit(child, depth + 1);
  };
  visit(tree.root(), 0);
  return out;
}

describe('payload decoders', () => {
  it('JSON', () => {
    const value = decodeJson(
      utf8.encode('{"a":[1,-0,true,null],"__proto__":{"b":"\\u00e9"}}')
    );
    assert.deepEqual(lines(value), [
      ': object',
      '  a: array',
      '    0: number 1',
      '    1: number -0',
      '    2: boolean true',
      '    3: null null',
      '  __proto__: object',
      '    b: string "é"'
    ]);
    assert.throws(() => decodeJson(Uint8Array.of(0x22, 0xff, 0x22)));
    assert.throws(() => decodeJson(utf8.encode('{')), SyntaxError);
  });

  it('JSON, with all that was sent and as it was sent', () => {
    const text = '{"2":1.0,"1":1e400,"2":12345678901234567890,"n":0.10}';
    assert.deepEqual(lines(decodeJson(utf8.encode(text))), [
      ': object',
      '  2: number 1.0',
      '  1: number 1e400',
      '  2: number 12345678901234567890 (the same key again)',
      '  n: number 0.10'
    ]);
    const wrong = {
      '{"a":1\n "b":2}': /^comma expected, at line 2, character 2$/,
      '[1,]': /^value expected, at line 1, character 4$/,
      '[1] 2': /^end of file expected, at line 1, character 5$/,
      '{"a":1': /^close brace expected, at line 1, character 7$/,
      '[1, // one\n2]': /^invalid comment token, at line 1, character 5$/
    };
    for (const [text, message] of Object.entries(wrong))
      assert.throws(
        () => decodeJson(utf8.encode(text)),
        (error) => error instanceof SyntaxError && message.test(error.message),
        text
      );
  });

  it('JSON nested deep', () => {
    const deep = '['.repeat(50_000);
    const text = `[1, ${deep}${']'.repeat(50_000)}]`;
    const tree = new ValueTree(decodeJson(utf8.encode(text)));
    const [first, second] = tree.children(tree.root().id, 0, 2);
    assert.equal(first.text, '1');
    assert.equal(second.type, 'array');
    assert.throws(() => decodeJson(utf8.encode(deep)), SyntaxError);
  });

  it('MessagePack', () => {
    const bytes = encodeMsgpack({ id: 1, data: Uint8Array.of(1, 2) });
    assert.deepEqual(lines(decodeMsgpack(bytes)), [
      ': map',
      '  "id": number 1',
      '  "data": bytes 2 bytes: 01 02'
    ]);
    const two = new Uint8Array([...bytes, ...encodeMsgpack('x')]);
    assert.equal(lines(decodeMsgpack(two))[0], ': sequence (2 values)');
    assert.throws(() => decodeMsgpack(bytes.subarray(0, 3)));
    assert.throws(() => decodeMsgpack(new Uint8Array(0)));
  });

  it('CBOR', () => {
    const bytes = encodeCbor(new Map([[1, new Tag(4711, 'x')]]));
    assert.deepEqual(lines(decodeCbor(bytes)), [
      ': map',
      '  1: tag "x" (tag 4711)'
    ]);
    assert.throws(() => decodeCbor(bytes.subarray(0, 2)));
  });

  it('Socket.IO', () => {
    const text = '42/chat,7["say",{"text":"hi"}]';
    assert.ok(looksLikeSocketIo(utf8.encode(text)));
    assert.deepEqual(lines(decodeSocketIo(utf8.encode(text))), [
      ': object',
      '  engine.io: packet "message" (4)',
      '  socket.io: packet "event" (2)',
      '  namespace: string "/chat"',
      '  ack id: number 7',
      '  event: string "say"',
      '  arguments: array',
      '    0: object',
      '      text: string "hi"'
    ]);
    for (const text of ['2probe', '0{"sid":"x"}', '40', '3'])
      assert.ok(looksLikeSocketIo(utf8.encode(text)), text);
    for (const text of ['{"a":1}', '42 is the answer', '4'])
      assert.ok(!looksLikeSocketIo(utf8.encode(text)), text);
    assert.throws(() => decodeSocketIo(utf8.encode('hello')), /0–6/);
  });

  it('protobuf without a schema', () => {
    // 1: 150, 2: "testing", 3: { 1: 150 }, 4: fixed32, 1 again: -1
    const bytes = Buffer.from(
      '089601120774657374696e671a0308960125000080' + '3f08ffffffffffffffffff01',
      'hex'
    );
    assert.deepEqual(lines(decodeProtobuf(bytes)), [
      ': message',
      '  field 1: varint 150 (zigzag 75)',
      '  field 2: text? "testing"',
      '  field 3: message',
      '    field 1: varint 150 (zigzag 75)',
      '  field 4: fixed32 1065353216 (float 1)',
      '  field 1 (2): varint 18446744073709551615 ' +
        '(zigzag -9223372036854775808, signed -1)'
    ]);
    assert.throws(() => decodeProtobuf(bytes.subarray(0, 5)), /declared/);
    assert.throws(() => decodeProtobuf(Uint8Array.of(0)), /field number 0/);
  });

  it('are not made to run for ever by any bytes', () => {
    let seed = 7;
    const random = () =>
      (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 24;
    const decoders = [
      decodeCbor,
      decodeJson,
      decodeMsgpack,
      decodeProtobuf,
      decodeSocketIo
    ];
    let decoded = 0;
    for (let round = 0; round < 3000; round++) {
      const bytes = Uint8Array.from({ length: random() % 24 }, random);
      for (const decode of decoders) {
        let value;
        try {
          value = decode(bytes);
        } catch (error) {
          assert.ok(error instanceof Error);
          continue;
        }
        lines(value);
        decoded++;
      }
    }
    assert.ok(decoded > 100);
  });
});

describe('text rows', () => {
  it('cut at line breaks and at the width, and lose nothing', () => {
    const text = `one\r\n${'x'.repeat(25)}\n\n😀${'y'.repeat(10)}`;
    for (const columns of [2, 3, 10, 100]) {
      const rows = new TextRows(text, columns);
      const joined = rows.rows(0, rows.count).join('');
      assert.equal(joined, text.replace(/\r?\n/g, ''));
      for (const row of rows.rows(0, rows.count))
        assert.ok(row.isWellFormed?.() ?? true);
    }
    assert.equal(new TextRows('a\nb', 10).count, 2);
    assert.equal(new TextRows('', 10).count, 0);
  });
});
