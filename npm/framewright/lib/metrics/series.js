'use strict';

const backend = require('../backend/backend');

/**
 * What is told to those who collect figures, under names that each of them puts
 * in its own form.
 *
 * @typedef {Object} Series
 * @property {String} name Its words, with dots
 * @property {Boolean} [isGauge] Whether it may fall
 * @property {String} [unit] As OpenTelemetry writes units (UCUM)
 * @property {String} help What it is
 * @property {String[]} labels What its figures are told apart by
 * @property {Function} read Takes the `Metrics` and a reading of all counts, and
 *     returns pairs of labels and figure
 */

/** @type {Series[]} */
const SERIES = [
  {
    name: 'handshakes',
    help: 'Handshakes that were begun',
    labels: [],
    read: ({ handshakes }) => [[{}, handshakes]]
  },
  {
    name: 'connections.opened',
    help: 'Connections that were opened',
    labels: [],
    read: ({ opened }) => [[{}, opened]]
  },
  {
    name: 'connections',
    isGauge: true,
    help: 'Connections that are open',
    labels: [],
    read: ({ open }) => [[{}, open]]
  },
  {
    name: 'connections.closed',
    help: 'Connections that were closed, by close code',
    labels: ['code'],
    read: ({ closed }) => labelled('code', closed)
  },
  {
    name: 'connections.dead',
    help: 'Connections that a heartbeat found dead',
    labels: [],
    read: ({ dead }) => [[{}, dead]]
  },
  {
    name: 'errors',
    help: 'Errors of connections, by code such as WS_ERR_INVALID_UTF8',
    labels: ['code'],
    read: ({ errors }) => labelled('code', errors)
  },
  {
    name: 'received.messages',
    help: 'Messages and control frames that came',
    labels: ['type'],
    read: (_, total) => byType(total, 'In')
  },
  {
    name: 'received.payload.bytes',
    unit: 'By',
    help: 'Bytes of messages that came, uncompressed',
    labels: ['type'],
    read: (_, total) => byType(total, 'BytesIn')
  },
  {
    name: 'received.wire.bytes',
    unit: 'By',
    help: 'Bytes that connections have read',
    labels: [],
    read: (_, { wireIn }) => [[{}, wireIn]]
  },
  {
    name: 'sent.messages',
    help: 'Messages and control frames that were sent',
    labels: ['type'],
    read: (_, total) => byType(total, 'Out')
  },
  {
    name: 'sent.payload.bytes',
    unit: 'By',
    help: 'Bytes of messages that were sent, uncompressed',
    labels: ['type'],
    read: (_, total) => byType(total, 'BytesOut')
  },
  {
    name: 'sent.wire.bytes',
    unit: 'By',
    help: 'Bytes that connections have written',
    labels: [],
    read: (_, { wireOut }) => [[{}, wireOut]]
  },
  {
    name: 'buffered.bytes',
    isGauge: true,
    unit: 'By',
    help: 'Bytes that wait to be sent',
    labels: [],
    read: ({ buffered }) => [[{}, buffered]]
  },
  {
    name: 'slow',
    help: 'Slow connections that a broadcast met, by what it did',
    labels: ['action'],
    read: ({ slow }) => labelled('action', slow)
  },
  {
    name: 'limited',
    help: 'What was over a limit, by limit and by what became of it',
    labels: ['limit', 'action'],
    read: ({ limited }) =>
      [...limited].map(([name, count]) => {
        const [limit, action] = name.split(' ');

        return [{ limit, action }, count];
      })
  },
  {
    name: 'codec.chunks',
    help: 'Chunks that the codec has decoded in this process',
    labels: [],
    read: () => [[{}, backend.counters().chunks]]
  },
  {
    name: 'codec.frames',
    help: 'Frames that the codec has decoded in this process',
    labels: [],
    read: () => [[{}, backend.counters().frames]]
  }
];

/** What is told value by value, in seconds. */
const HISTOGRAMS = [
  {
    name: 'handler.time',
    event: 'handled',
    of: ({ handlerTime }) => handlerTime,
    help: "Time that a message's handlers took, of one message in 64"
  },
  {
    name: 'round.trip',
    event: 'roundTrip',
    of: ({ roundTrips }) => roundTrips,
    help: "Time that a heartbeat's pings took to come back"
  }
];

function labelled(label, counts) {
  return [...counts].map(([name, count]) => [{ [label]: String(name) }, count]);
}

function byType(total, ending) {
  return ['text', 'binary', 'ping', 'pong']
    .filter((type) => `${type}${ending}` in total)
    .map((type) => [{ type }, total[`${type}${ending}`]]);
}

module.exports = { HISTOGRAMS, SERIES };
