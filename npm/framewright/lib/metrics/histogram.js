'use strict';

/** Counts values by the least bound that they don't exceed. */
class Histogram {
  /** @param {Number[]} bounds The bounds, the least first */
  constructor(bounds) {
    this.bounds = bounds;
    this.buckets = new Array(bounds.length + 1).fill(0);
    this.count = 0;
    this.sum = 0;
  }

  /** @param {Number} value A value */
  record(value) {
    const index = this.bounds.findIndex((bound) => value <= bound);

    this.buckets[index === -1 ? this.bounds.length : index]++;
    this.count++;
    this.sum += value;
  }

  /** @return {Object} In the form that the application gets */
  report() {
    return {
      count: this.count,
      sum: this.sum,
      buckets: this.buckets.map((count, i) => ({
        upTo: this.bounds[i] ?? Infinity,
        count
      }))
    };
  }
}

module.exports = Histogram;
