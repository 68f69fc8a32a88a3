/** What ws calls each of the codec's errors: its class, its code, and its message. */
export function wsError(name) {
  const [, variant, detail] = /^(\w+)(?:\((\d+)\))?$/.exec(name);
  const [className, code, message] = ERRORS[variant];
  return { className, code, message: message.replace('…', detail) };
}

const FRAME = 'Invalid WebSocket frame: ';

/** By the names of `ProtocolError` in crates/codec/src/error.rs. */
export const ERRORS = {
  UnexpectedRsv1: [
    'RangeError',
    'WS_ERR_UNEXPECTED_RSV_1',
    `${FRAME}RSV1 must be clear`
  ],
  UnexpectedRsv23: [
    'RangeError',
    'WS_ERR_UNEXPECTED_RSV_2_3',
    `${FRAME}RSV2 and RSV3 must be clear`
  ],
  InvalidOpcode: [
    'RangeError',
    'WS_ERR_INVALID_OPCODE',
    `${FRAME}invalid opcode …`
  ],
  ExpectedFin: ['RangeError', 'WS_ERR_EXPECTED_FIN', `${FRAME}FIN must be set`],
  InvalidControlPayloadLen: [
    'RangeError',
    'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH',
    `${FRAME}invalid payload length …`
  ],
  ExpectedMask: [
    'RangeError',
    'WS_ERR_EXPECTED_MASK',
    `${FRAME}MASK must be set`
  ],
  UnexpectedMask: [
    'RangeError',
    'WS_ERR_UNEXPECTED_MASK',
    `${FRAME}MASK must be clear`
  ],
  UnsupportedPayloadLen: [
    'RangeError',
    'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH',
    'Unsupported WebSocket frame: payload length > 2^53 - 1'
  ],
  MessageTooBig: [
    'RangeError',
    'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
    'Max payload size exceeded'
  ],
  InvalidCloseCode: [
    'RangeError',
    'WS_ERR_INVALID_CLOSE_CODE',
    `${FRAME}invalid status code …`
  ],
  InvalidUtf8: [
    'Error',
    'WS_ERR_INVALID_UTF8',
    `${FRAME}invalid UTF-8 sequence`
  ],
  TooManyFragments: [
    'RangeError',
    'WS_ERR_TOO_MANY_BUFFERED_PARTS',
    'Too many message fragments'
  ],
  TooManyBufferedChunks: [
    'RangeError',
    'WS_ERR_TOO_MANY_BUFFERED_PARTS',
    'Too many buffered chunks'
  ]
};
