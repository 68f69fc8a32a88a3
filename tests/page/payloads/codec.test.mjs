import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const CODEC = new URL('../../../npm/inspector/dist/codec.js', import.meta.url);
const skip = existsSync(fileURLToPath(CODEC))
  ? false
  : 'the inspector is not built: npm run build -w @framewright/inspector';

const HELLO = Uint8Array.of(
  ...[0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
);

describe('@framewright/inspector/codec, in Node', { skip }, async () => {
  const { walk, fields } = skip ? {} : await import(CODEC);

  it('walks the masked "Hello" of RFC 6455 §5.7', () => {
    const { frames, violations, endsInside } = walk(HELLO, {
      sender: 'client'
    });

    assert.equal(frames.length, 1);
    const [{ payload, maskingKey, ...rest }] = frames;
    assert.equal(Buffer.from(payload).toString(), 'Hello');
    assert.deepEqual([...maskingKey], [0x37, 0xfa, 0x21, 0x3d]);
    assert.deepEqual(rest, {
      offset: 0,
      headerLen: 6,
      fin: true,
      rsv1: false,
      rsv2: false,
      rsv3: false,
      opcode: 1,
      masked: true,
      payloadLen: 5,
      isComplete: true
    });
    assert.deepEqual(violations, []);
    assert.equal(endsInside, false);
  });

  it('reports every violation with its section and byte, and goes on', () => {
    const bytes = Uint8Array.of(
      ...[0x89, 0x00, 0xb3, 0x02, 0x68, 0x69, 0x81, 0x01, 0xff]
    );
    const { frames, violations } = walk(bytes, { sender: 'client' });

    assert.equal(frames.length, 3);
    const found = violations.map(({ rule, section, offset }) => [
      rule,
      section,
      offset
    ]);
    assert.deepEqual(found, [
      ['UnmaskedClientFrame', 'RFC 6455 §5.1', 1],
      ['Rsv2WithoutExtension', 'RFC 6455 §5.2', 2],
      ['Rsv3WithoutExtension', 'RFC 6455 §5.2', 2],
      ['ReservedOpcode', 'RFC 6455 §5.2', 2],
      ['UnmaskedClientFrame', 'RFC 6455 §5.1', 3],
      ['UnmaskedClientFrame', 'RFC 6455 §5.1', 7],
      ['InvalidUtf8Text', 'RFC 6455 §8.1', 8]
    ]);
  });

  it('says so where the bytes end inside a frame', () => {
    for (let end = 1; end < HELLO.length; end++) {
      const { frames, endsInside } = walk(HELLO.subarray(0, end));
      assert.equal(endsInside, true);
      for (const frame of frames) assert.equal(frame.isComplete, false);
    }
    assert.deepEqual(walk(new Uint8Array(0)).frames, []);
  });

  it('gives each bit to exactly one field', () => {
    let next = 0;
    for (const { bitOffset, bitLen } of fields(HELLO)) {
      assert.equal(bitOffset, next);
      next += bitLen;
    }
    assert.equal(next, HELLO.length * 8);

    const long = Uint8Array.of(0x82, 0x7f, ...Array(8).fill(0xff));
    const length = fields(long).find(
      ({ kind }) => kind === 'extendedPayloadLen'
    );
    assert.equal(length.value, 2n ** 64n - 1n);
  });

  it('walks any bytes', () => {
    let seed = 1;
    const random = () =>
      (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 24;

    for (let round = 0; round < 2000; round++) {
      const bytes = Uint8Array.from({ length: random() % 40 }, random);
      const { frames } = walk(bytes, { sender: 'server' });
      let next = 0;
      for (const { offset, headerLen, payload } of frames) {
        assert.equal(offset, next);
        next = offset + headerLen + payload.length;
        assert.ok(next <= bytes.length);
      }
    }
  });
});
