'use strict';

const backend = require('../backend/backend');

/**
 * What Prometheus and OpenTelemetry get. Each writes the names in its own form.
 *
 * @typedef {Object} Series
 * @property {String} name Its words, with dots
 * @property {Boolean} [isGauge] Whether it can decrease
 * @property {String} [unit] As OpenTelemetry writes units (UCUM)
 * @property {String} help What it is
 * @property {String[]} labels The labels of its figures
 * @property {Function} read Takes the `Metrics` and a reading of all `Counts`,
 *     and returns pairs of labels and figure
 */

/** @type {Series[]} */
const SERIES = [
  figure('handshakes', 'Handshakes that were begun', (m) => m.handshakes),
  figure('connections.opened', 'Connections that were opened', (m) => m.opened),
  gauge('connections', 'Connections that are open', (m) => m.open),
  byLabel(
    'connections.closed',
    'Connections that were closed, by close code',
    'code',
    (m) => m.closed
  ),
  figure(
    'connections.dead',
    'Connections that a heartbeat found dead',
    (m) => m.dead
  ),
  byLabel(
    'errors',
    'Errors of connections, by code such as WS_ERR_INVALID_UTF8',
    'code',
    (m) => m.errors
  ),
  ...traffic('received', 'In', 'came', 'read'),
  ...traffic('sent', 'Out', 'were sent', 'written'),
  inBytes(
    gauge('buffered.bytes', 'Bytes that wait to be sent', (m) => m.buffered)
  ),
  byLabel(
    'slow',
    'Slow connections that a broadcast met, by what it did',
    'action',
    (m) => m.slow
  ),
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
  figure(
    'codec.chunks',
    'Chunks that the codec has decoded in this process',
    () => backend.counters().chunks
  ),
  figure(
    'codec.frames',
    'Frames that the codec has decoded in this process',
    () => backend.counters().frames
  )
];

/** Reported value by value, in seconds. */
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

/** A series with one figure. */
function figure(name, help, of) {
  return { name, help, labels: [], read: (...from) => [[{}, of(...from)]] };
}

function gauge(name, help, of) {
  return { ...figure(name, help, of), isGauge: true };
}

/** A series with one figure for each value of a label, from a map or pairs. */
function byLabel(name, help, label, of) {
  return {
    name,
    help,
    labels: [label],
    read: (...from) =>
      [...of(...from)].map(([value, count]) => [
        { [label]: String(value) },
        count
      ])
  };
}

/** The counts of one direction: their names end in `way`. */
function traffic(name, way, happened, done) {
  return [
    byLabel(
      `${name}.messages`,
      `Messages and control frames that ${happened}`,
      'type',
      (_, total) => total.byType(way)
    ),
    inBytes(
      byLabel(
        `${name}.payload.bytes`,
        `Bytes of messages that ${happened}, uncompressed`,
        'type',
        (_, total) => total.byType(`Bytes${way}`)
      )
    ),
    inBytes(
      figure(
        `${name}.wire.bytes`,
        `Bytes that connections have ${done}`,
        (_, total) => total[`wire${way}`]
      )
    )
  ];
}

function inBytes(series) {
  return { ...series, unit: 'By' };
}

module.exports = { HISTOGRAMS, SERIES };
