// Bytes that no honest peer sends, on a connection that is open.

import assert from 'node:assert/strict';

import { CLOSE, CONTINUATION, PING, TEXT, closeBody } from '../lib/frames.mjs';

const INVALID = 'WS_ERR_INVALID_';
const RSV_1 = 'WS_ERR_UNEXPECTED_RSV_1';
const RSV_2_3 = 'WS_ERR_UNEXPECTED_RSV_2_3';
const OPCODE = `${INVALID}OPCODE`;
const LENGTH = `${INVALID}CONTROL_PAYLOAD_LENGTH`;
const CODE = `${INVALID}CLOSE_CODE`;
const UTF8 = `${INVALID}UTF8`;
const UNMASKED = 'WS_ERR_EXPECTED_MASK';

const start = { fin: false, opcode: TEXT, payload: 'a' };
const hex = (bytes) => Buffer.from(bytes, 'hex');
const close = (code) => ({ opcode: CLOSE, payload: closeBody(code) });

export const violations = [
  wire('RSV1 on a ping', 1002, RSV_1, [{ rsv: 4, opcode: PING }]),
  wire('RSV1 on a continuation', 1002, RSV_1, [
    start,
    { rsv: 4, opcode: CONTINUATION }
  ]),
  wire('RSV2', 1002, RSV_2_3, [{ rsv: 2, opcode: TEXT }]),
  wire('RSV3', 1002, RSV_2_3, [{ rsv: 1, opcode: TEXT }]),
  ...[3, 7, 11, 15].map((opcode) =>
    wire(`the reserved opcode ${opcode}`, 1002, OPCODE, [{ opcode }])
  ),
  wire('a continuation of nothing', 1002, OPCODE, [{ opcode: CONTINUATION }]),
  wire('a message inside a message', 1002, OPCODE, [start, start]),
  wire('a ping of 126 bytes', 1002, LENGTH, [
    { opcode: PING, payload: 'x'.repeat(126) }
  ]),
  wire('a fragmented ping', 1002, 'WS_ERR_EXPECTED_FIN', [
    { fin: false, opcode: PING }
  ]),
  bytes('a frame without MASK', 1002, UNMASKED, () => hex('810161')),
  wire('a close body of one byte', 1002, LENGTH, [
    { opcode: CLOSE, payload: 'x' }
  ]),
  ...[0, 999, 1004, 1005, 1006, 1015, 2999, 5000].map((code) =>
    wire(`the close code ${code}`, 1002, CODE, [close(code)])
  ),
  ...[
    ['overlong UTF-8', 'c080'],
    ['a surrogate in UTF-8', 'eda080'],
    ['UTF-8 above U+10FFFF', 'f4908080'],
    ['UTF-8 that ends inside a code point', 'e282']
  ].map(([name, payload]) =>
    wire(name, 1007, UTF8, [{ opcode: TEXT, payload: hex(payload) }])
  ),
  wire('a surrogate cut in two by fragments', 1007, UTF8, [
    { fin: false, opcode: TEXT, payload: hex('ed') },
    { opcode: CONTINUATION, payload: hex('a080') }
  ]),
  wire('a close reason that isn’t UTF-8', 1007, UTF8, [
    { opcode: CLOSE, payload: hex('03e8c080') }
  ]),
  {
    name: 'a code point split over fragments',
    expected: 'the text',
    mib: 32,
    async attack(attacked) {
      const peer = await attacked.connect();
      peer.send(
        { fin: false, opcode: TEXT, payload: hex('f09f') },
        { opcode: CONTINUATION, payload: hex('9880') }
      );
      const [[, echo]] = await peer.received(1);
      assert.equal(echo.toString(), '😀');
    }
  },
  bytes('64 KiB of zeros', 1002, OPCODE, () => Buffer.alloc(65536)),
  bytes('a TLS client hello', 1002, RSV_2_3, () =>
    hex('16030100c8010000c40303'.padEnd(400, 'a5'))
  ),
  bytes('an HTTP request', 1002, RSV_1, () => 'GET / HTTP/1.1\r\n\r\n')
];

function wire(name, closeCode, error, frames) {
  return bytes(name, closeCode, error, (peer) => peer.encode(...frames));
}

function bytes(name, closeCode, error, make) {
  return {
    name,
    expected: `${closeCode}`,
    mib: 32,
    async attack(attacked) {
      const peer = await attacked.connect('plain');
      peer.socket.write(make(peer));
      await attacked.fails(peer, closeCode, error);
    }
  };
}
