// Reserved bits and opcodes (RFC 6455 §5.2).

import { binary, fails, ping, rest, says, text } from './kinds.mjs';

const FIRST = [says('text', 'first')];

export const reserved = [
  ...[1, 2, 3, 4, 5, 6, 7].flatMap((rsv) => [
    fails('6455 §5.2', `RSV ${rsv} on a text`, [[text('x', { rsv })]], 1002),
    fails(
      '6455 §5.2',
      `RSV ${rsv} on a binary`,
      [[binary('x', { rsv })]],
      1002
    ),
    fails('6455 §5.2', `RSV ${rsv} on a ping`, [[ping('x', { rsv })]], 1002),
    fails(
      '6455 §5.2',
      `RSV ${rsv} after a good message`,
      [[text('first'), text('x', { rsv }), text('never')]],
      1002,
      FIRST
    ),
    fails(
      '6455 §5.2',
      `RSV ${rsv} on a continuation`,
      [[text('x', { fin: false }), rest('x', { rsv })]],
      1002
    )
  ]),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) => [
    fails('6455 §5.2', `opcode ${opcode}`, [[{ opcode }]], 1002),
    fails(
      '6455 §5.2',
      `opcode ${opcode} with payload, after a good message`,
      [[text('first'), { opcode, payload: 'x' }, text('never')]],
      1002,
      FIRST
    ),
    fails(
      '6455 §5.2',
      `opcode ${opcode}, byte by byte`,
      [[text('first'), { opcode, payload: 'x' }]],
      1002,
      FIRST,
      { cut: 1 }
    )
  ])
];
