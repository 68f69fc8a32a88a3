// permessage-deflate with every parameter (RFC 7692 §7).

import zlib from 'node:zlib';

import { compress } from '../../lib/compressed.mjs';

import {
  binary,
  fails,
  goes,
  hex,
  noise,
  ping,
  rest,
  says,
  text,
  words
} from './kinds.mjs';

const NAME = 'permessage-deflate';
const COMPRESSED = { rsv: 4 };
const every = { perMessageDeflate: { threshold: 0 } };
const plain = {
  options: every,
  offer: NAME,
  answer: NAME,
  isCompressed: true
};
const LENS = [0, 1, 16, 64, 256, 1024, 4096, 65536, 1 << 17, 1 << 20];
const hello = compress(Buffer.from('Hello'));

export const deflate = [
  ...LENS.flatMap((len) => [
    goes(
      '7692 §6',
      `compressed text of ${len} bytes`,
      [[text(compress(words(len)), COMPRESSED)]],
      [says('text', words(len))],
      plain
    ),
    goes(
      '7692 §6',
      `compressed binary of ${len} bytes`,
      [[binary(compress(noise(len)), COMPRESSED)]],
      [says('binary', noise(len))],
      plain
    )
  ]),
  goes(
    '7692 §6',
    'a message that isn’t compressed',
    [[text('plain')]],
    [says('text', 'plain')],
    plain
  ),
  goes(
    '7692 §7.2.3.1',
    'Hello',
    [[text(hex('f2 48 cd c9 c9 07 00'), COMPRESSED)]],
    [says('text', 'Hello')],
    plain
  ),
  goes(
    '7692 §7.2.3.2',
    'Hello twice, by context takeover',
    [[text(hello, COMPRESSED), text(hex('f2 00 11 00 00'), COMPRESSED)]],
    [says('text', 'Hello'), says('text', 'Hello')],
    plain
  ),
  goes(
    '7692 §7.2.3.3',
    'Hello, stored',
    [[text(hex('00 05 00 fa ff 48 65 6c 6c 6f 00'), COMPRESSED)]],
    [says('text', 'Hello')],
    plain
  ),
  goes(
    '7692 §7.2.3.4',
    'Hello in a last block',
    [
      [
        text(hex('f3 48 cd c9 c9 07 00 00'), COMPRESSED),
        text(hello, COMPRESSED)
      ]
    ],
    [says('text', 'Hello'), says('text', 'Hello')],
    plain
  ),
  goes(
    '7692 §7.2.3.5',
    'Hello in two blocks',
    [[text(hex('f2 48 05 00 00 00 ff ff ca c9 c9 07 00'), COMPRESSED)]],
    [says('text', 'Hello')],
    plain
  ),
  goes(
    '7692 §7.2.3.6',
    'an empty message',
    [[text(hex('00'), COMPRESSED)]],
    [says('text', '')],
    plain
  ),
  goes(
    '7692 §6.1',
    'fragments cut anywhere, with a ping between them',
    [
      [
        text(hello.subarray(0, 3), { ...COMPRESSED, fin: false }),
        ping('p'),
        rest(hello.subarray(3, 4), { fin: false }),
        rest(hello.subarray(4))
      ]
    ],
    [says('pong', 'p'), says('text', 'Hello')],
    plain
  ),
  ...[1, 7].map((cut) =>
    goes(
      '7692 §6',
      `compressed, cut every ${cut} bytes`,
      [[text(compress(words(900)), COMPRESSED)]],
      [says('text', words(900))],
      {
        ...plain,
        cut
      }
    )
  ),
  ...[
    'Z_DEFAULT_STRATEGY',
    'Z_FILTERED',
    'Z_HUFFMAN_ONLY',
    'Z_RLE',
    'Z_FIXED'
  ].map((strategy) =>
    goes(
      '7692 §7.2.2',
      `compressed with ${strategy}`,
      [
        [
          text(
            compress(words(5000), undefined, {
              strategy: zlib.constants[strategy]
            }),
            COMPRESSED
          )
        ]
      ],
      [says('text', words(5000))],
      plain
    )
  ),
  ...parameters(),
  fails(
    '7692 §7.2.2',
    'bytes that aren’t DEFLATE',
    [[text(hex('ff ff ff ff'), COMPRESSED)]],
    1007,
    [],
    plain
  ),
  fails(
    '7692 §7.2.2',
    'a distance in front of the stream',
    [[text(hex('f2 00 11 00 00'), COMPRESSED)]],
    1007,
    [],
    plain
  ),
  fails(
    '6455 §8.1',
    'compressed text that isn’t UTF-8',
    [[text(compress(hex('c3 28')), COMPRESSED)]],
    1007,
    [],
    plain
  ),
  fails(
    '7692 §6.1',
    'RSV1 on a continuation',
    [[text('', { ...COMPRESSED, fin: false }), rest('', COMPRESSED)]],
    1002,
    [],
    plain
  ),
  fails(
    '7692 §6.1',
    'RSV1 on a ping',
    [[ping('', COMPRESSED)]],
    1002,
    [],
    plain
  ),
  fails(
    '7692 §5',
    'RSV1 that wasn’t negotiated',
    [[text(hello, COMPRESSED)]],
    1002
  ),
  fails(
    '6455 §10.4',
    'a message longer than `maxPayload`, inflated',
    [[binary(compress(Buffer.alloc(1001)), COMPRESSED)]],
    1009,
    [],
    {
      ...plain,
      options: { ...every, maxPayload: 1000 }
    }
  )
];

/** Each agreement that there can be, kept by both sides over several messages. */
function* parameters() {
  for (const takeover of [
    '',
    '; server_no_context_takeover',
    '; client_no_context_takeover',
    '; server_no_context_takeover; client_no_context_takeover'
  ]) {
    for (const serverBits of [9, 11, 15]) {
      for (const clientBits of [9, 12, 15]) {
        yield agreement(takeover, serverBits, clientBits);
      }
    }
  }
}

function agreement(takeover, serverBits, clientBits) {
  const params = `${takeover}; server_max_window_bits=${serverBits}; client_max_window_bits=${clientBits}`;
  const payloads = [words(3000), words(3000), noise(600), words(50)];
  const forRole = (bits, isFresh) => {
    let history = Buffer.alloc(0);
    return payloads.map((payload) => {
      const known = history.subarray(-(2 ** bits) + 262);
      const bytes = compress(payload, known, { windowBits: bits });
      if (!isFresh) history = Buffer.concat([history, payload]);
      return binary(bytes, COMPRESSED);
    });
  };
  const writes = {
    server: [forRole(clientBits, takeover.includes('client'))],
    client: [forRole(serverBits, takeover.includes('server'))]
  };
  return goes(
    '7692 §7.1',
    params.slice(2),
    writes,
    payloads.map((payload) => says('binary', payload)),
    {
      ...plain,
      offer: NAME + params,
      answer: NAME + params
    }
  );
}
