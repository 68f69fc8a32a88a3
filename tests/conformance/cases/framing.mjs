// Messages of every length form, in one piece and cut (RFC 6455 §5.2, §5.3, §5.6).

import {
  binary,
  fails,
  goes,
  hex,
  noise,
  says,
  text,
  words
} from './kinds.mjs';

const LENS = [0, 1, 2, 124, 125, 126, 127, 128, 65534, 65535, 65536, 65537];

export const framing = [
  ...LENS.flatMap((len) => [
    goes(
      '6455 §5.6',
      `text of ${len} bytes`,
      [[text(words(len))]],
      [says('text', words(len))]
    ),
    goes(
      '6455 §5.6',
      `binary of ${len} bytes`,
      [[binary(noise(len))]],
      [says('binary', noise(len))]
    )
  ]),
  ...[1, 2, 3, 5, 997].map((cut) =>
    goes(
      '6455 §5.2',
      `two messages, cut every ${cut} bytes`,
      [[text(words(400)), binary(noise(300))]],
      [says('text', words(400)), says('binary', noise(300))],
      { cut }
    )
  ),
  ...[
    [16, 5],
    [64, 5],
    [64, 126]
  ].map(([lenBits, len]) =>
    goes(
      '6455 §5.2',
      `${len} bytes, their length in ${lenBits} bits`,
      [[text(words(len), { lenBits })]],
      [says('text', words(len))]
    )
  ),
  goes(
    '6455 §5.2',
    '500 messages in a row',
    [Array.from({ length: 500 }, (_, i) => text(`${i}`))],
    Array.from({ length: 500 }, (_, i) => says('text', `${i}`))
  ),
  ...['00000000', 'ffffffff', '00ff00ff', '12345678'].map((key) =>
    goes(
      '6455 §5.3',
      `a masking key of ${key}`,
      [[binary(noise(70), { maskingKey: hex(key) })]],
      [says('binary', noise(70))],
      { roles: ['server'] }
    )
  ),
  fails(
    '6455 §5.1',
    'a client’s frame without MASK',
    [hex('81 01 61')],
    1002,
    [],
    {
      roles: ['server']
    }
  ),
  fails(
    '6455 §5.1',
    'a server’s frame with MASK',
    [hex('81 81 00 00 00 00 61')],
    1002,
    [],
    { roles: ['client'] }
  )
];
