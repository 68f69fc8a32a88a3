// The differences that are meant, each told apart from a fault by a check of its own. docs/differences.md explains them.

import { decodeNaively } from '../lib/naive-decoder.mjs';
import { isAtLeast } from '../lib/ws-copies.mjs';

import { sameValue } from './difference.mjs';

const EVENTS = new Set(['message', 'ping', 'pong', 'conclude']);

/**
 * Says why the difference of two traces is meant.
 *
 * @returns {string | null} The exception's name, or null if it is a fault
 */
export function exception(kase, stock, ours) {
  for (const [name, applies] of Object.entries(EXCEPTIONS)) {
    if (applies(kase, stock, ours)) return name;
  }
  return null;
}

const EXCEPTIONS = {
  /** Bad UTF-8 fails at the first bad byte; ws waits for the end of the message. */
  'UTF-8 fails early'(kase, stock, ours) {
    const code = 'WS_ERR_INVALID_UTF8';
    const events = ours.log.filter(isEvent);
    if (!isPrefix(events, stock.log.filter(isEvent))) return false;
    if (!failedBy(ours, code, events.length)) return false;

    const { isServer, maxPayload, maxFragments, skipUTF8Validation } =
      kase.options;
    const naive = decodeNaively(kase.bytes, {
      isServer,
      deflate: kase.deflate,
      maxPayload,
      maxFragments,
      skipUTF8Validation
    });
    if (naive.error !== 'InvalidUtf8') return false;
    if (heard(naive.events, kase.actions) !== events.length) return false;

    // The chunk that holds the bad byte is the one that fails.
    if (!kase.callbacks) return true;
    const chunk = kase.cuts.filter((cut) => cut < naive.errorEnd).length;
    return ours.log.some(
      ([name, index, err]) =>
        name === 'written' && index === chunk && err?.code === code
    );
  },

  /** What zlib says of broken data can't always be had from another inflater. */
  'DEFLATE error in other words'(kase, stock, ours) {
    const theirs = errorOf(stock);
    const error = errorOf(ours);
    return (
      theirs?.code === 'Z_DATA_ERROR' &&
      error?.message === 'invalid compressed data' &&
      sameValue({ ...error, message: theirs.message }, theirs) &&
      sameValue(timeless(ours), timeless(stock))
    );
  },

  /**
   * A message that is too long before it is broken: zlib's output comes in large pieces. And up to 8.16, ws took
   * messages for broken that were only too long.
   */
  'too long, not broken'(kase, stock, ours) {
    if (errorOf(stock)?.code !== 'Z_DATA_ERROR') return false;
    if (errorOf(ours)?.code !== 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
      return false;
    const naive = decodeNaively(kase.bytes, {
      ...kase.options,
      deflate: kase.deflate
    });
    return (
      naive.error === 'MessageTooBig' &&
      sameValue(timeless(stock), timeless(ours)) &&
      heard(naive.events, kase.actions) === timeless(ours).length
    );
  },

  /** ws 8.5 and 8.10 read a close frame's only byte before they failed, later ones fail at its header. */
  'one-byte close body'(kase, stock, ours) {
    if (isAtLeast(kase.version, '8.13')) return false;
    const events = ours.log.filter(isEvent);
    if (!sameValue(events, stock.log.filter(isEvent))) return false;
    const error = failedBy(
      ours,
      'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH',
      events.length
    );
    if (!error?.message.endsWith('invalid payload length 1')) return false;
    const theirs = stock.log.find(([name]) => name === 'error')?.[1];
    return (
      theirs === undefined ||
      sameValue(theirs, error) ||
      theirs.code === 'WS_ERR_EXPECTED_MASK' ||
      theirs.code === 'WS_ERR_UNEXPECTED_MASK'
    );
  }
};

function isEvent([name]) {
  return EVENTS.has(name);
}

/** The events of a trace without their turns, which inflating at once changes. */
function timeless({ log }) {
  return log.filter(isEvent).map(([name, , ...rest]) => [name, ...rest]);
}

function errorOf({ log }) {
  return log.find(([name]) => name === 'error')?.[1];
}

/** How many of `events` had a listener, which an action may have taken away. */
function heard(events, actions) {
  let calls = 0;
  let deaf = false;
  for (const { type } of events) {
    if (deaf && (type === 'text' || type === 'binary')) continue;
    deaf ||= actions.some(
      ({ at, name }) => at === calls && name === 'removeListeners'
    );
    calls++;
  }
  return calls;
}

function isPrefix(list, whole) {
  return (
    list.length <= whole.length && sameValue(list, whole.slice(0, list.length))
  );
}

/** The error that ended a trace after so many events, if it has that code and was the only one. */
function failedBy(trace, code, eventCount) {
  const errors = trace.log.filter(([name]) => name === 'error');
  if (errors.length !== 1 || errors[0][1].code !== code) return undefined;
  const at = trace.log.indexOf(errors[0]);
  const before = trace.log.slice(0, at).filter(isEvent).length;
  return before === eventCount ? errors[0][1] : undefined;
}
