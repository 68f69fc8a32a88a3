// The session that the page opens on, as a live stream (LIVE.md): one of each
// thing that a newcomer should have seen.

import { constants, deflateRawSync } from 'node:zlib';

import { LiveEncoder, PREAMBLE } from './live-encoder.mjs';

const MS = 1e6;
const TEXT = 0x1;
const BINARY = 0x2;
const CONTINUATION = 0x0;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;

const REQUEST = [
  'GET /auction?lot=42 HTTP/1.1',
  'Host: auction.example',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Protocol: auction.v1, chat',
  'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
  'Origin: https://auction.example'
];
const RESPONSE = [
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  'Sec-WebSocket-Protocol: auction.v1',
  'Sec-WebSocket-Extensions: permessage-deflate'
];

/** One frame; clients pass a masking key. */
function frame(opcode, payload, { fin = true, rsv1 = false, key } = {}) {
  const body = Buffer.from(payload);
  const mask = key ? 0x80 : 0;
  const header = [(fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode];
  if (body.length < 126) header.push(mask | body.length);
  else header.push(mask | 126, body.length >> 8, body.length & 0xff);
  if (key) {
    header.push(...key);
    for (let at = 0; at < body.length; at++) body[at] ^= key[at % 4];
  }
  return Buffer.concat([Buffer.from(header), body]);
}

/**
 * Compresses the messages of one direction with context takeover: each
 * message may refer back to those before it.
 */
function deflateAll(messages) {
  const before = [];
  return messages.map((message) => {
    const dictionary = Buffer.concat(before);
    before.push(Buffer.from(message));
    const bytes = deflateRawSync(message, {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(dictionary.length > 0 ? { dictionary } : {})
    });
    // The empty block at the end isn't sent (RFC 7692 §7.2.1).
    return bytes.subarray(0, -4);
  });
}

const lot = (price, bidder) =>
  JSON.stringify({
    type: 'lot',
    lot: 42,
    title: 'Walnut writing desk, about 1890',
    price,
    currency: 'EUR',
    bidder,
    endsInSeconds: 90
  });

const [lotFirst, lotSecond] = deflateAll([
  lot(1200, null),
  lot(1250, 'Hello, it is me')
]);

/** {"type":"bid","lot":42,"price":1250} in MessagePack. */
const BID = Buffer.from(
  '83a474797065a3626964a36c6f742aa57072696365cd04e2',
  'hex'
);

const LONG_TEXT = JSON.stringify({
  type: 'rules',
  text: [
    'A payload of 126 bytes or more does not fit into the seven length bits,',
    'so they hold 126 and the length follows in sixteen bits.'
  ].join(' ')
});

/** [time in ms, whether the server sends it, bytes] */
const FRAMES = [
  // The example of RFC 6455 §5.7.
  [12, false, Buffer.from('818537fa213d7f9f4d5158', 'hex')],
  [13.4, true, frame(TEXT, 'Hello')],
  [15, true, frame(TEXT, lotFirst, { rsv1: true })],
  [410, false, frame(BINARY, BID, { key: [0x9c, 0x11, 0x5e, 0xa7] })],
  [413.2, true, frame(TEXT, lotSecond, { rsv1: true })],
  [900, true, frame(TEXT, LONG_TEXT)],
  [1500, true, frame(PING, 'still there?')],
  [
    1523.8,
    false,
    frame(PONG, 'still there?', { key: [0x42, 0x0d, 0xf3, 0x68] })
  ],
  [2000, true, frame(TEXT, 'Going once, ', { fin: false })],
  [2600, true, frame(CONTINUATION, 'going twice, ', { fin: false })],
  [2601, true, frame(PING, '')],
  [2610, false, frame(PONG, '', { key: [0x07, 0xb9, 0x2e, 0xd4] })],
  [3200, true, frame(CONTINUATION, 'sold! 🔨')],
  // A client must mask. This one does not, so the server closes.
  [3300, false, frame(TEXT, '{"type":"bid","price":9999}')],
  [3301, true, closeFrame(1002, 'MASK must be set')],
  [3306, false, closeFrame(1002, '', { key: [0xe5, 0x30, 0x8a, 0x1f] })]
];

function closeFrame(code, reason, options) {
  const body = Buffer.concat([
    Buffer.from([code >> 8, code & 0xff]),
    Buffer.from(reason)
  ]);
  return frame(CLOSE, body, options);
}

/** The whole stream. */
export function sampleStream() {
  const live = new LiveEncoder();
  const head = (lines) => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  return Buffer.concat([
    PREAMBLE,
    live.start(Date.UTC(2026, 0, 1, 12) * 1000, 'Sample session'),
    live.open(0, 0, {
      flags: 2,
      request: head(REQUEST),
      response: head(RESPONSE)
    }),
    ...FRAMES.map(([ms, isOut, bytes]) =>
      live.chunk(Math.round(ms * MS), 0, isOut, bytes)
    ),
    live.close(3307 * MS, 0, 2)
  ]);
}
