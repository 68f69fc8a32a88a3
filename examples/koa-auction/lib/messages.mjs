import { createHash } from 'node:crypto';

/** A message that no well-behaved page sends. `code` is the close code. */
export class MessageError extends Error {
  constructor(code, message) {
    super(message);
    this.name = 'MessageError';
    this.code = code;
  }
}

/** Names are at most this long, in code points. */
export const NAME_LENGTH = 24;

const TOKEN = /^[0-9a-f]{32}$/;

/**
 * Reads what a page has sent. Nothing in it is believed: each field is checked
 * and copied, unknown ones are dropped.
 *
 * @param {Buffer} data
 * @param {boolean} isBinary
 * @returns {{ type: 'hello', bidder: string, name: string }
 *   | { type: 'rename', name: string }
 *   | { type: 'bid', round: number, amount: number, ref: number }}
 * @throws {MessageError}
 */
export function parseMessage(data, isBinary) {
  // RFC 6455, section 7.4.1: 1003 is for a type of data we can't accept.
  if (isBinary) throw new MessageError(1003, 'Text messages only');

  const message = parseObject(data);
  switch (message.type) {
    case 'hello':
      return {
        type: 'hello',
        bidder: bidderOf(message.token),
        name: cleanName(message.name)
      };
    case 'rename':
      return { type: 'rename', name: cleanName(message.name) };
    case 'bid':
      return {
        type: 'bid',
        round: wholeNumber(message.round, 'round'),
        amount: wholeNumber(message.amount, 'amount'),
        ref: wholeNumber(message.ref, 'ref')
      };
    default:
      throw new MessageError(1008, 'Unknown message type');
  }
}

function parseObject(data) {
  let value;
  try {
    value = JSON.parse(data.toString());
  } catch {
    throw new MessageError(1008, 'Not JSON');
  }
  if (value === null || typeof value !== 'object') {
    throw new MessageError(1008, 'Not an object');
  }
  return value;
}

/**
 * The token is the page's secret, by which it stays the same bidder over
 * reconnects; what the others see can't be turned back into it.
 */
function bidderOf(token) {
  if (typeof token !== 'string' || !TOKEN.test(token)) {
    throw new MessageError(1008, 'Bad token');
  }
  return createHash('sha256').update(token).digest('hex').slice(0, 16);
}

/** Control and format characters could reorder or hide the text around them. */
function cleanName(name) {
  if (typeof name !== 'string') throw new MessageError(1008, 'Bad name');
  const clean = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  const short = Array.from(clean).slice(0, NAME_LENGTH).join('').trim();
  if (short === '') throw new MessageError(1008, 'Empty name');
  return short;
}

function wholeNumber(value, field) {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new MessageError(1008, `Bad ${field}`);
  }
  return value;
}
