// The closing handshake (RFC 6455 §5.5.1, §7).

import { closeBody } from '../../lib/frames.mjs';

import { close, fails, hex, ping, rest, says, text } from './kinds.mjs';

const VALID = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000,
  3999, 4000, 4999
];
const INVALID = [
  0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535
];

/** The endpoint answers the peer's close frame. */
function ends(section, name, writes, code, reason = '', before = []) {
  const answer = code === 1005 ? '' : closeBody(code, reason);
  return {
    section,
    name,
    writes,
    expect: [...before, says('close', answer)],
    close: [code, reason]
  };
}

export const closing = [
  ends('6455 §5.5.1', 'a close frame without body', [[close()]], 1005),
  ...VALID.map((code) =>
    ends('6455 §7.4', `close code ${code}`, [[close(code)]], code)
  ),
  ...VALID.map((code) =>
    ends(
      '6455 §7.4',
      `close code ${code} with a reason`,
      [[close(code, 'why')]],
      code,
      'why'
    )
  ),
  ...INVALID.flatMap((code) => [
    fails('6455 §7.4', `close code ${code}`, [[close(code)]], 1002),
    fails(
      '6455 §7.4',
      `close code ${code} with a reason`,
      [[close(code, 'why')]],
      1002
    )
  ]),
  ends(
    '6455 §5.5.1',
    'a reason of 123 bytes',
    [[close(1000, 'x'.repeat(123))]],
    1000,
    'x'.repeat(123)
  ),
  fails(
    '6455 §5.5',
    'a reason of 124 bytes',
    [[close(1000, 'x'.repeat(124))]],
    1002
  ),
  fails(
    '6455 §5.5.1',
    'a body of one byte',
    [[{ opcode: 8, payload: 'x' }]],
    1002
  ),
  fails(
    '6455 §5.5',
    'a fragmented close frame',
    [[{ ...close(1000), fin: false }]],
    1002
  ),
  ends(
    '6455 §5.5.1',
    'a reason in UTF-8',
    [[close(1000, 'grüße 😀')]],
    1000,
    'grüße 😀'
  ),
  fails(
    '6455 §5.5.1',
    'a reason that isn’t UTF-8',
    [[{ opcode: 8, payload: hex('03 e8 ce ba ed a0 80') }]],
    1007
  ),
  ends(
    '6455 §5.5.1',
    'frames after a close frame',
    [[close(1000), text('x'), ping('y'), close(1001)]],
    1000
  ),
  ends(
    '6455 §5.5.1',
    'rubbish after a close frame',
    [[close(1000)], hex('ff ff ff ff')],
    1000
  ),
  ends(
    '6455 §7.1.2',
    'a message before the close frame',
    [[text('x'), close(1000)]],
    1000,
    '',
    [says('text', 'x')]
  ),
  ends(
    '6455 §5.5.1',
    'a close frame inside a message',
    [[text('x', { fin: false }), close(1000), rest('y')]],
    1000
  ),
  ends(
    '6455 §5.5.1',
    'a close frame after a ping',
    [[ping('p'), close(1000)]],
    1000,
    '',
    [says('pong', 'p')]
  ),
  {
    ...ends(
      '6455 §5.5.1',
      'a close frame, byte by byte',
      [[close(1000, 'why')]],
      1000,
      'why'
    ),
    cut: 1
  },
  // The endpoint begins, and the peer answers.
  ...[
    [1000, ''],
    [1001, 'going'],
    [3000, 'grüße'],
    [4999, 'x'.repeat(123)]
  ].map(([code, reason]) => ({
    section: '6455 §7.1.2',
    name: `the endpoint closes with ${code}`,
    writes: [[text(`close ${code} ${reason}`)], [close(code, reason)]],
    expect: [says('close', closeBody(code, reason))],
    close: [code, reason]
  })),
  {
    section: '6455 §7.1.2',
    name: 'the endpoint closes without a code',
    writes: [[text('close 0')], [close()]],
    expect: [says('close')],
    close: [1005, '']
  },
  {
    section: '6455 §7.1.5',
    name: 'the endpoint closes, and the peer’s own code counts',
    writes: [[text('close 1000')], [close(1001, 'mine')]],
    expect: [says('close', closeBody(1000))],
    close: [1001, 'mine']
  }
];
