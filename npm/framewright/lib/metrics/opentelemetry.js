'use strict';

const { checkNames } = require('../check-options');
const requirePeer = require('./require-peer');
const { HISTOGRAMS, SERIES } = require('./series');
const Spans = require('./spans');

const { version } = require('../../package.json');

/**
 * Reports what is counted to OpenTelemetry, with a span for each connection.
 *
 * @param {Metrics} metrics The metrics to report
 * @param {Object} [options] Options object
 * @param {Object} [options.api] The module `@opentelemetry/api`, if the app
 *     uses another copy than the one that is found
 * @param {Meter} [options.meter] By default that of the global provider
 * @param {Tracer} [options.tracer] By default that of the global provider
 * @param {Boolean} [options.spans=true] Whether connections become spans
 * @return {Function} Ends it
 */
function opentelemetry(metrics, options = {}) {
  checkNames(options, ['api', 'meter', 'tracer', 'spans']);

  const api = options.api ?? requirePeer('@opentelemetry/api', 'options.api');
  const meter = options.meter ?? api.metrics.getMeter('framewright', version);
  const ends = [observeSeries(metrics, meter)];

  for (const { event, help, name, of } of HISTOGRAMS) {
    const histogram = meter.createHistogram(`framewright.${name}`, {
      description: help,
      unit: 's',
      advice: {
        explicitBucketBoundaries: of(metrics).bounds.map(
          (bound) => bound / 1000
        )
      }
    });
    const listener = (time) => histogram.record(time / 1000);

    metrics.on(event, listener);
    ends.push(() => metrics.off(event, listener));
  }

  if (options.spans ?? true) {
    const tracer =
      options.tracer ?? api.trace.getTracer('framewright', version);
    const spans = new Spans(metrics, api, tracer);

    ends.push(() => spans.close());
  }

  return () => {
    for (const end of ends) end();
  };
}

function observeSeries(metrics, meter) {
  const observed = SERIES.map((series) => {
    const options = { description: series.help, unit: series.unit ?? '1' };
    const name = `framewright.${series.name}`;

    return {
      series,
      instrument: series.isGauge
        ? meter.createObservableUpDownCounter(name, options)
        : meter.createObservableCounter(name, options)
    };
  });
  const instruments = observed.map(({ instrument }) => instrument);

  const callback = (result) => {
    const total = metrics.total();

    for (const { instrument, series } of observed) {
      for (const [labels, value] of series.read(metrics, total)) {
        result.observe(instrument, value, labels);
      }
    }
  };

  meter.addBatchObservableCallback(callback, instruments);
  return () => meter.removeBatchObservableCallback(callback, instruments);
}

module.exports = opentelemetry;
