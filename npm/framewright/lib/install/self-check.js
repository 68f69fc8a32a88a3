'use strict';

/** Bytes that between them show every kind of event, for a client. */
const STREAMS = [
  // text, ping, fragments around a pong, binary, close 1000 "bye"
  '810548656c6c6f 890170 0102c3a9 8a00 8001c3 8203010203',
  '8105 48656c6c6f 0102c3a9 890170 800121 8200 880503e8627965 8101 41',
  // an orphan continuation, an invalid close code, bad UTF-8
  '810141 800141',
  '880203ed',
  '8102c328',
  // a payload past the limit
  '827e0401'
];

/**
 * Runs known bytes through ws's Receiver and through ours.
 *
 * @param {WsCopy} copy The copy of ws
 * @param {Object} methods Our methods for its `Receiver.prototype`
 * @return {String} What differs; empty where nothing does
 */
function selfCheck(copy, methods) {
  for (const hex of STREAMS) {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    const stock = record(copy, copy.stock.receiver, bytes);
    const ours = record(copy, methods, bytes);

    if (stock !== ours) return `${hex}: ${stock} became ${ours}`;
  }

  return '';
}

function record(copy, methods, bytes) {
  const events = [];
  const receiver = new copy.Receiver({
    allowSynchronousEvents: true,
    maxPayload: 1024
  });
  const emit = receiver.emit;

  receiver.emit = function (name, ...args) {
    if (RECORDED.has(name)) events.push([name, ...args.map(show)]);
    return emit.call(this, name, ...args);
  };
  methods._write.call(receiver, Buffer.from(bytes), 'buffer', (err) => {
    events.push(
      err ? [err.name, err.code, err.message, err[copy.kStatusCode]] : ['done']
    );
  });
  methods._destroy.call(receiver, null, () => {});
  return JSON.stringify(events);
}

const RECORDED = new Set(['message', 'ping', 'pong', 'conclude']);

function show(arg) {
  return Buffer.isBuffer(arg) ? arg.toString('hex') : arg;
}

module.exports = selfCheck;
