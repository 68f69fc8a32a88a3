'use strict';

/** How many messages were not shared while Redis was away. */
class Unshared {
  constructor() {
    /** Published while it was away, or waiting to be passed on. */
    this.stayed = 0;
    /** On their way when it went. */
    this.unsure = 0;
  }

  /** In words, for a line of the log; empty if there are none. */
  toString() {
    const parts = [];

    if (this.stayed > 0) parts.push(`${this.stayed} stayed in this one`);
    if (this.unsure > 0) parts.push(`${this.unsure} may have`);

    return parts.length > 0 ? ` (${parts.join(', ')})` : '';
  }
}

module.exports = Unshared;
