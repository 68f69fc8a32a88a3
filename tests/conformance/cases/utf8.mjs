// Text is UTF-8, and what isn't fails at its first bad byte (RFC 6455 §5.6, §8.1).

import { BAD_UTF8, OPEN_UTF8 } from '../../lib/texts.mjs';

import { binary, fails, goes, hex, ping, rest, says, text } from './kinds.mjs';

const GOOD = [
  ['ASCII', 'plain'],
  ['NUL', '\0'],
  ['two bytes', 'κόσμε'],
  ['three bytes', '你好'],
  ['four bytes', '😀𐍈'],
  ['the first of each length', '\0\u0080\u0800\u{10000}'],
  ['the last of each length', '\x7f\u07ff\uffff\u{10ffff}'],
  ['around the surrogates', '\ud7ff\ue000'],
  ['non-characters', '\ufffe\uffff\u{1fffe}\u{10fffe}'],
  ['the replacement character', '\ufffd'],
  ['a byte order mark', '\ufefftext']
];
const START = 'Κόσμε, ';
const EARLY = { stock: { failsAt: 'UTF-8 fails early' } };

export const utf8 = [
  ...GOOD.flatMap(([name, payload]) => [
    goes('6455 §8.1', name, [[text(payload)]], [says('text', payload)]),
    goes(
      '6455 §8.1',
      `${name}, byte by byte`,
      [[text(payload)]],
      [says('text', payload)],
      { cut: 1 }
    ),
    goes(
      '6455 §8.1',
      `${name}, each byte a fragment`,
      [
        [...Buffer.from(payload)].map((byte, i, { length }) => ({
          opcode: i === 0 ? 1 : 0,
          fin: i === length - 1,
          payload: Buffer.of(byte)
        }))
      ],
      [says('text', payload)]
    )
  ]),
  ...BAD_UTF8.flatMap(({ bytes, what }) => [
    fails('6455 §8.1', what, [[text(bytes)]], 1007),
    fails(
      '6455 §8.1',
      `${what}, amid text`,
      [[text(Buffer.concat([Buffer.from(START), bytes, Buffer.from('x')]))]],
      1007
    ),
    fails('6455 §8.1', `${what}, byte by byte`, [[text(bytes)]], 1007, [], {
      cut: 1
    }),
    goes(
      '6455 §5.6',
      `${what} as binary`,
      [[binary(bytes)]],
      [says('binary', bytes)]
    ),
    // The last write is for stock ws, which waits for it.
    fails(
      '6455 §8.1',
      `${what} in a fragment, before the message's end`,
      [
        [text(START, { fin: false })],
        [rest(Buffer.concat([bytes, Buffer.from('xyz')]), { fin: false })],
        [rest('end')]
      ],
      1007,
      [],
      { failsAt: 1, ...EARLY }
    )
  ]),
  ...OPEN_UTF8.flatMap((bytes) => [
    fails(
      '6455 §8.1',
      `text that ends in ${bytes.toString('hex')}`,
      [[text(bytes)]],
      1007
    ),
    fails(
      '6455 §8.1',
      `fragments that end in ${bytes.toString('hex')}`,
      [[text(START, { fin: false }), rest(bytes)]],
      1007
    )
  ]),
  fails(
    '6455 §8.1',
    'a bad byte in the middle of a frame that isn’t whole',
    [
      hex('81 14 ce ba e1 bd b9 cf 83 ce bc ce b5 f4'),
      hex('90'),
      hex('80 80 65 64 69 74 65')
    ],
    1007,
    [],
    { roles: ['client'], failsAt: 1, ...EARLY }
  ),
  goes(
    '6455 §5.4',
    'a code point with a ping in its middle',
    [[text(hex('f0 9f'), { fin: false }), ping('p'), rest(hex('98 80'))]],
    [says('pong', 'p'), says('text', '😀')]
  )
];
