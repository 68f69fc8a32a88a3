'use strict';

const { setImmediate } = require('../builtins');
const { checkNames } = require('../check-options');
const requirePeer = require('./require-peer');
const { HISTOGRAMS, SERIES } = require('./series');

/**
 * Adds what is counted to a registry of `prom-client`, read at each scrape.
 *
 * @param {Metrics} metrics The metrics to report
 * @param {Object} [options] Options object
 * @param {Object} [options.client] The module `prom-client`, if the app uses
 *     another copy than the one that is found
 * @param {Registry} [options.register] The registry, the client's own by default
 * @param {String} [options.prefix='framewright_'] What the names begin with
 * @return {Function} Removes it from the registry
 */
function prometheus(metrics, options = {}) {
  checkNames(options, ['client', 'register', 'prefix']);

  const { prefix = 'framewright_' } = options;
  const client = options.client ?? requirePeer('prom-client', 'options.client');
  const { register = client.register } = options;
  const ends = [];
  const names = [];
  // One reading for all that are collected together.
  let total = null;

  const read = () => {
    if (total === null) {
      total = metrics.total();
      setImmediate(() => {
        total = null;
      });
    }

    return total;
  };

  for (const series of SERIES) {
    const Metric = series.isGauge ? client.Gauge : client.Counter;
    const name = prefix + snake(series.name) + (series.isGauge ? '' : '_total');

    names.push(name);
    new Metric({
      name,
      help: series.help,
      labelNames: series.labels,
      registers: [register],
      collect() {
        this.reset();
        for (const [labels, value] of series.read(metrics, read())) {
          this.inc(labels, value);
        }
      }
    });
  }

  for (const { event, help, name, of } of HISTOGRAMS) {
    const fullName = `${prefix}${snake(name)}_seconds`;
    const histogram = new client.Histogram({
      name: fullName,
      help,
      buckets: of(metrics).bounds.map((bound) => bound / 1000),
      registers: [register]
    });
    const listener = (time) => histogram.observe(time / 1000);

    names.push(fullName);
    metrics.on(event, listener);
    ends.push(() => metrics.off(event, listener));
  }

  return () => {
    for (const end of ends) end();
    for (const name of names) register.removeSingleMetric(name);
  };
}

function snake(name) {
  return name.replaceAll('.', '_');
}

module.exports = prometheus;
