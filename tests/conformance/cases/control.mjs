// Pings and pongs (RFC 6455 §5.5).

import {
  fails,
  goes,
  hex,
  noise,
  ping,
  pong,
  rest,
  says,
  text
} from './kinds.mjs';

export const control = [
  goes('6455 §5.5.2', 'a ping without payload', [[ping()]], [says('pong')]),
  goes(
    '6455 §5.5.2',
    'a ping with text',
    [[ping('hello')]],
    [says('pong', 'hello')]
  ),
  goes(
    '6455 §5.5.2',
    'a ping with bytes that aren’t UTF-8',
    [[ping(hex('00 ff fe c3 28'))]],
    [says('pong', hex('00 ff fe c3 28'))]
  ),
  goes(
    '6455 §5.5',
    'a ping of 125 bytes',
    [[ping(noise(125))]],
    [says('pong', noise(125))]
  ),
  goes(
    '6455 §5.5',
    'a ping of 125 bytes, byte by byte',
    [[ping(noise(125))]],
    [says('pong', noise(125))],
    { cut: 1 }
  ),
  fails('6455 §5.5', 'a ping of 126 bytes', [[ping(noise(126))]], 1002),
  fails(
    '6455 §5.5',
    'a ping with its length in 64 bits',
    [[ping('', { lenBits: 64 })]],
    1002
  ),
  fails('6455 §5.5', 'a fragmented ping', [[ping('', { fin: false })]], 1002),
  fails('6455 §5.5', 'a fragmented pong', [[pong('', { fin: false })]], 1002),
  fails('6455 §5.5', 'a pong of 126 bytes', [[pong(noise(126))]], 1002),
  goes('6455 §5.5.3', 'a pong that nobody asked for', [[pong()]], []),
  goes(
    '6455 §5.5.3',
    'a pong with payload that nobody asked for, then a ping',
    [[pong('x'), ping('y')]],
    [says('pong', 'y')]
  ),
  ...[undefined, 1].map((cut) =>
    goes(
      '6455 §5.5.2',
      `ten pings${cut ? ', byte by byte' : ''}`,
      [Array.from({ length: 10 }, (_, i) => ping(`${i}`))],
      Array.from({ length: 10 }, (_, i) => says('pong', `${i}`)),
      { cut }
    )
  ),
  goes(
    '6455 §5.4',
    'a ping between two fragments',
    [[text('a', { fin: false }), ping('p'), rest('b')]],
    [says('pong', 'p'), says('text', 'ab')]
  ),
  goes(
    '6455 §5.4',
    'pings between all of five fragments',
    [
      [
        text('a', { fin: false }),
        ...['b', 'c', 'd'].flatMap((part) => [
          ping(part),
          rest(part, { fin: false })
        ]),
        pong('x'),
        rest('e')
      ]
    ],
    [
      says('pong', 'b'),
      says('pong', 'c'),
      says('pong', 'd'),
      says('text', 'abcde')
    ]
  )
];
