// Long messages, in few pieces and in very many (RFC 6455 §5.2, §10.4).

import {
  binary,
  fails,
  fragmented,
  goes,
  noise,
  says,
  text,
  words
} from './kinds.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;

export const limits = [
  ...[64 * KIB, 256 * KIB, MIB, 4 * MIB, 16 * MIB].flatMap((len) => [
    goes(
      '6455 §5.2',
      `text of ${len} octets`,
      [[text(words(len))]],
      [says('text', words(len))]
    ),
    goes(
      '6455 §5.2',
      `binary of ${len} octets`,
      [[binary(noise(len))]],
      [says('binary', noise(len))]
    )
  ]),
  ...[64, 256, KIB, 4 * KIB, 16 * KIB].map((len) =>
    goes(
      '6455 §5.4',
      `4 MiB in fragments of ${64 * len} octets`,
      [fragmented(binary, noise(4 * MIB), 64 * len)],
      [says('binary', noise(4 * MIB))]
    )
  ),
  ...[64, 128, 256, 512, KIB].map((cut) =>
    goes(
      '6455 §5.2',
      `${cut} KiB, cut every ${cut} octets`,
      [[text(words(cut * KIB))]],
      [says('text', words(cut * KIB))],
      { cut }
    )
  ),
  goes(
    '6455 §5.2',
    '16 MiB, cut every 4000 octets',
    [[binary(noise(16 * MIB))]],
    [says('binary', noise(16 * MIB))],
    { cut: 4000 }
  ),
  goes(
    '6455 §10.4',
    'a message as long as `maxPayload`',
    [[binary(noise(1000))]],
    [says('binary', noise(1000))],
    {
      options: { maxPayload: 1000 }
    }
  ),
  fails(
    '6455 §10.4',
    'a message longer than `maxPayload`',
    [[binary(noise(1001))]],
    1009,
    [],
    {
      options: { maxPayload: 1000 }
    }
  ),
  fails(
    '6455 §10.4',
    'a message longer than `maxPayload` by its last fragment',
    [fragmented(binary, noise(1001), 500)],
    1009,
    [],
    { options: { maxPayload: 1000 } }
  ),
  fails(
    '6455 §5.2',
    'a length of 2^63',
    [[binary('', { lenBits: 64, declaredLen: 2n ** 63n })]],
    1009
  )
];
