// Fragmentation (RFC 6455 §5.4).

import {
  binary,
  fails,
  fragmented,
  goes,
  noise,
  rest,
  says,
  text,
  words
} from './kinds.mjs';

const open = { fin: false };

export const fragments = [
  goes(
    '6455 §5.4',
    'two fragments',
    [[text('ab', open), rest('cd')]],
    [says('text', 'abcd')]
  ),
  goes(
    '6455 §5.4',
    'binary in two fragments',
    [[binary('ab', open), rest('cd')]],
    [says('binary', 'abcd')]
  ),
  goes(
    '6455 §5.4',
    'empty fragments around one',
    [[text('', open), rest('x', open), rest('')]],
    [says('text', 'x')]
  ),
  goes(
    '6455 §5.4',
    'nothing but empty fragments',
    [[text('', open), rest('', open), rest('')]],
    [says('text', '')]
  ),
  ...[1, 64, 256, 1024, 4096].map((len) =>
    goes(
      '6455 §5.4',
      `${len * 16} bytes in fragments of ${len}`,
      [fragmented(text, words(len * 16), len)],
      [says('text', words(len * 16))]
    )
  ),
  goes(
    '6455 §5.4',
    'fragments, byte by byte',
    [[text('ab', open), rest('cd', open), rest('ef'), binary('gh')]],
    [says('text', 'abcdef'), says('binary', 'gh')],
    { cut: 1 }
  ),
  goes(
    '6455 §5.4',
    'a fragmented message after another',
    [
      [
        ...fragmented(text, noise(300), 100),
        ...fragmented(text, noise(200), 90)
      ].map((frame, i) =>
        i === 0 || i === 3 ? { ...frame, opcode: 2 } : frame
      )
    ],
    [says('binary', noise(300)), says('binary', noise(200))]
  ),
  fails('6455 §5.4', 'a continuation of nothing', [[rest('x')]], 1002),
  fails(
    '6455 §5.4',
    'an open continuation of nothing',
    [[rest('x', open)]],
    1002
  ),
  fails(
    '6455 §5.4',
    'a continuation after a whole message',
    [[text('x'), rest('y'), text('never')]],
    1002,
    [says('text', 'x')]
  ),
  ...[text, binary].map((kind) =>
    fails(
      '6455 §5.4',
      `a ${kind === text ? 'text' : 'binary'} inside a message`,
      [[text('x', open), kind('y'), rest('z')]],
      1002
    )
  )
];
