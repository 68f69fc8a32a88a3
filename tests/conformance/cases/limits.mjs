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
      `text of ${len} bytes`,
      [[text(words(len))]],
      [says('text', words(len))]
    ),
    goes(
      '6455 §5.2',
      `binary of ${len} bytes`,
      [[binary(noise(len))]],
      [says('binary', noise(len))]
    )
  ]),
  ...[64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, MIB, 4 * MIB].map((len) =>
    goes(
      '6455 §5.4',
      `4 MiB in fragments of ${len} bytes`,
      [fragmented(binary, noise(4 * MIB), len)],
      [says('binary', noise(4 * MIB))],
      { options: { maxFragments: 65_536 } }
    )
  ),
  ...[64, 128, 256, 512, KIB, 2 * KIB].map((cut) =>
    // A turn each: short pieces are of shorter messages.
    goes(
      '6455 §5.2',
      `${Math.min(cut, KIB)} KiB of text, cut every ${cut} bytes`,
      [[text(words(Math.min(cut, KIB) * KIB))]],
      [says('text', words(Math.min(cut, KIB) * KIB))],
      { cut }
    )
  ),
  goes(
    '6455 §5.2',
    '1024 KiB of binary, cut every 1024 bytes',
    [[binary(noise(MIB))]],
    [says('binary', noise(MIB))],
    { cut: KIB }
  ),
  goes(
    '6455 §5.2',
    '16 MiB, cut every 4000 bytes',
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
