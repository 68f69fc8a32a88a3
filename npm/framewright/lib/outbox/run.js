'use strict';

/**
 * Frames that several connections have collected alike. Each run is the one
 * before it plus one frame. So connections that are sent the same frames meet
 * at the same run, and its content is joined once for all of them.
 */
class Run {
  /**
   * @param {Run} [previous] The frames before the last, `null` for none
   * @param {Buffer} [frame] The last frame, whole and never written to again
   */
  constructor(previous, frame) {
    this.previous = previous;
    this.frame = frame;
    this.length = previous === null ? 0 : previous.length + frame.length;
    this.next = null;
    this.joined = null;
  }

  /**
   * The run that has one more frame. Every connection at this run is sent the
   * frame before any of them is sent another, so remembering one is enough.
   *
   * @param {Buffer} frame The frame
   * @return {Run} The run
   */
  and(frame) {
    if (this.next === null || this.next.frame !== frame) {
      this.next = new Run(this, frame);
    }

    return this.next;
  }

  /**
   * @return {Buffer} All frames, one after the other; not to be written to
   */
  bytes() {
    if (this.joined === null) {
      this.joined = this.previous.length === 0 ? this.frame : this.join();
    }

    return this.joined;
  }

  /** @private */
  join() {
    const joined = Buffer.allocUnsafe(this.length);

    for (let run = this; run.length > 0; run = run.previous) {
      joined.set(run.frame, run.previous.length);
    }

    return joined;
  }
}

/** No frames: the run that all others begin with. */
const NO_FRAMES = new Run(null);

/** Forgets all runs, since nobody collects frames any more. */
function forgetRuns() {
  NO_FRAMES.next = null;
}

module.exports = { forgetRuns, NO_FRAMES };
