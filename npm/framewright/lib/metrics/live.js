'use strict';

/** All metrics that are kept in this process, for `status()`. */
const live = new Set();

/** @return {(Object|undefined)} `metrics`: the counts of each, if any */
function snapshots() {
  return live.size === 0
    ? undefined
    : { metrics: [...live].map((one) => one.snapshot()) };
}

module.exports = { live, snapshots };
