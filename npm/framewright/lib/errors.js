'use strict';

const PREFIX = 'Invalid WebSocket frame: ';

/**
 * ws's error for each violation the codec reports, by the number in
 * `crates/codec/src/event_table.rs`: `[class, code, message(detail)]`.
 */
const ERRORS = [
  [Error, 'ERR_FRAMEWRIGHT_INTERNAL', () => 'The codec failed'],
  [RangeError, 'WS_ERR_UNEXPECTED_RSV_1', () => `${PREFIX}RSV1 must be clear`],
  [
    RangeError,
    'WS_ERR_UNEXPECTED_RSV_2_3',
    () => `${PREFIX}RSV2 and RSV3 must be clear`
  ],
  [
    RangeError,
    'WS_ERR_INVALID_OPCODE',
    (opcode) => `${PREFIX}invalid opcode ${opcode}`
  ],
  [RangeError, 'WS_ERR_EXPECTED_FIN', () => `${PREFIX}FIN must be set`],
  [
    RangeError,
    'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH',
    (length) => `${PREFIX}invalid payload length ${length}`
  ],
  [RangeError, 'WS_ERR_EXPECTED_MASK', () => `${PREFIX}MASK must be set`],
  [RangeError, 'WS_ERR_UNEXPECTED_MASK', () => `${PREFIX}MASK must be clear`],
  [
    RangeError,
    'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH',
    () => 'Unsupported WebSocket frame: payload length > 2^53 - 1'
  ],
  [
    RangeError,
    'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
    () => 'Max payload size exceeded'
  ],
  [
    RangeError,
    'WS_ERR_INVALID_CLOSE_CODE',
    (code) => `${PREFIX}invalid status code ${code}`
  ],
  [Error, 'WS_ERR_INVALID_UTF8', () => `${PREFIX}invalid UTF-8 sequence`],
  [
    RangeError,
    'WS_ERR_TOO_MANY_BUFFERED_PARTS',
    () => 'Too many message fragments'
  ],
  [
    RangeError,
    'WS_ERR_TOO_MANY_BUFFERED_PARTS',
    () => 'Too many buffered chunks'
  ]
];

const INTERNAL = 0;
const MESSAGE_TOO_BIG = 9;
const INVALID_UTF8 = 11;

/**
 * Makes the error ws would make.
 *
 * @param {Number} number The error's number
 * @param {Number} detail The opcode, length or code that the message names
 * @param {Number} closeCode The close code that answers the error
 * @param {Symbol} kStatusCode The symbol under which this copy of ws looks for
 *     the close code
 * @return {Error} The error
 */
function createError(number, detail, closeCode, kStatusCode) {
  const [ErrorClass, code, message] = ERRORS[number] || ERRORS[0];
  const error = new ErrorClass(message(detail));

  Error.captureStackTrace(error, createError);
  error.code = code;
  if (kStatusCode !== undefined) error[kStatusCode] = closeCode;
  return error;
}

/**
 * A handler transferred the memory of its message while later messages of the
 * same chunk, in the same memory, were to be delivered.
 */
function detachedError(kStatusCode) {
  const error = new Error(
    'The memory of a message was transferred, and with it later messages that ' +
      'came in the same chunk; copy a message before it is transferred'
  );

  error.code = 'ERR_FRAMEWRIGHT_DETACHED';
  error[kStatusCode] = 1011;
  return error;
}

module.exports = {
  createError,
  detachedError,
  INTERNAL,
  INVALID_UTF8,
  MESSAGE_TOO_BIG
};
