'use strict';

const { Z_DATA_ERROR } = require('zlib').constants;

const { errors } = require('./backend/backend');

const PREFIX = 'Invalid WebSocket frame: ';

/**
 * ws's error for each error of the codec, by name: `[class, code, message(detail)]`,
 * and what else it has. Their numbers and close codes come from the codec.
 */
const ERRORS = {
  Internal: [Error, 'ERR_FRAMEWRIGHT_INTERNAL', () => 'The codec failed'],
  Detached: [
    Error,
    'ERR_FRAMEWRIGHT_DETACHED',
    () =>
      'The memory of a message was transferred, and with it later messages that ' +
      'came in the same chunk; copy a message before it is transferred'
  ],
  CorruptDeflate: [
    Error,
    'Z_DATA_ERROR',
    (reason) => reason ?? 'invalid compressed data',
    { errno: Z_DATA_ERROR }
  ],
  UnexpectedRsv1: [
    RangeError,
    'WS_ERR_UNEXPECTED_RSV_1',
    () => `${PREFIX}RSV1 must be clear`
  ],
  UnexpectedRsv23: [
    RangeError,
    'WS_ERR_UNEXPECTED_RSV_2_3',
    () => `${PREFIX}RSV2 and RSV3 must be clear`
  ],
  InvalidOpcode: [
    RangeError,
    'WS_ERR_INVALID_OPCODE',
    (opcode) => `${PREFIX}invalid opcode ${opcode}`
  ],
  ExpectedFin: [
    RangeError,
    'WS_ERR_EXPECTED_FIN',
    () => `${PREFIX}FIN must be set`
  ],
  InvalidControlPayloadLen: [
    RangeError,
    'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH',
    (length) => `${PREFIX}invalid payload length ${length}`
  ],
  ExpectedMask: [
    RangeError,
    'WS_ERR_EXPECTED_MASK',
    () => `${PREFIX}MASK must be set`
  ],
  UnexpectedMask: [
    RangeError,
    'WS_ERR_UNEXPECTED_MASK',
    () => `${PREFIX}MASK must be clear`
  ],
  UnsupportedPayloadLen: [
    RangeError,
    'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH',
    () => 'Unsupported WebSocket frame: payload length > 2^53 - 1'
  ],
  MessageTooBig: [
    RangeError,
    'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
    () => 'Max payload size exceeded'
  ],
  InvalidCloseCode: [
    RangeError,
    'WS_ERR_INVALID_CLOSE_CODE',
    (code) => `${PREFIX}invalid status code ${code}`
  ],
  InvalidUtf8: [
    Error,
    'WS_ERR_INVALID_UTF8',
    () => `${PREFIX}invalid UTF-8 sequence`
  ],
  TooManyFragments: [
    RangeError,
    'WS_ERR_TOO_MANY_BUFFERED_PARTS',
    () => 'Too many message fragments'
  ],
  TooManyBufferedChunks: [
    RangeError,
    'WS_ERR_TOO_MANY_BUFFERED_PARTS',
    () => 'Too many buffered chunks'
  ]
};

const INTERNAL = numberOf('Internal');
const DETACHED = numberOf('Detached');
const CORRUPT_DEFLATE = numberOf('CorruptDeflate');

function numberOf(wanted) {
  return errors.findIndex(({ name }) => name === wanted);
}

/**
 * Makes the error that ws would make.
 *
 * @param {Number} number The error's number
 * @param {(Number|String)} [detail] The detail that the message names
 * @param {Symbol} [kStatusCode] The symbol under which this copy of ws looks for
 *     the close code
 * @return {Error} The error
 */
function createError(number, detail, kStatusCode) {
  const { name, closeCode } = errors[number] ?? errors[INTERNAL];
  const [ErrorClass, code, message, rest] = ERRORS[name] ?? ERRORS.Internal;
  const error = new ErrorClass(message(detail));

  Error.captureStackTrace(error, createError);
  if (rest !== undefined) Object.assign(error, rest);
  error.code = code;
  if (kStatusCode !== undefined) error[kStatusCode] = closeCode;
  return error;
}

module.exports = { CORRUPT_DEFLATE, createError, DETACHED, INTERNAL };
