'use strict';

const { nextTick } = require('../builtins');

/** Jobs for the thread pool that must be done one after the other. */
class Lane {
  constructor() {
    this.jobs = [];
  }

  get isBusy() {
    return this.jobs.length > 0;
  }

  /**
   * @param {Function} cb Called with the error or what came out
   * @param {Function} start Starts the job and returns a promise of either
   */
  add(cb, start) {
    this.jobs.push({ cb, start });
    if (this.jobs.length === 1) this.next();
  }

  /** Forgets all jobs, and returns their callbacks. */
  abandon() {
    return this.jobs.splice(0).map((job) => job.cb);
  }

  /** @private */
  async next() {
    const [job] = this.jobs;
    let result;

    try {
      result = await job.start();
    } catch (err) {
      result = err;
    }

    // Unless it was abandoned meanwhile.
    if (this.jobs[0] !== job) return;
    this.jobs.shift();

    // By itself, so that what the callback throws is an uncaught exception.
    if (result instanceof Error) nextTick(job.cb, result);
    else nextTick(job.cb, null, result);

    if (this.jobs.length > 0) this.next();
  }
}

module.exports = Lane;
