// A clock that stands still until it is told to go on.

export class ManualClock {
  time = 0;
  #last = 0;
  #intervals = new Map();

  setInterval = (callback, length) => {
    const id = ++this.#last;
    this.#intervals.set(id, { callback, length, next: this.time + length });
    return id;
  };

  clearInterval = (id) => {
    this.#intervals.delete(id);
  };

  now = () => this.time;

  /** How many intervals there are. */
  get size() {
    return this.#intervals.size;
  }

  /** The time of the next call, Infinity if there is none. */
  get next() {
    return Math.min(...[...this.#intervals.values()].map(({ next }) => next));
  }

  /** Goes on to the next call, and makes it. */
  step() {
    for (const interval of this.#intervals.values()) {
      if (interval.next > this.next) continue;
      this.time = interval.next;
      interval.next += interval.length;
      interval.callback();
      return;
    }
  }
}
