const MAX_LANES = 6;

/** How many frames there are in each stretch of time, for the latest connections. */
export class Timeline {
  #session;
  #buckets = 0;
  #isBusy = false;
  #isStale = false;

  /** `{ start, end, counts, buckets, lanes }`, or null before anything is read. */
  data = null;

  constructor(session) {
    this.#session = session;
  }

  /** How many stretches of time there is room for. */
  setBuckets(buckets) {
    if (buckets === this.#buckets) return;
    this.#buckets = buckets;
    this.read();
  }

  /** The engine was replaced: what was asked of it never comes. */
  reset() {
    this.#isBusy = false;
  }

  /** One at a time: with many frames it takes longer than their reports. */
  async read() {
    const session = this.#session;
    if (this.#buckets === 0 || !session.status) return;
    this.#isStale = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#isStale) {
      this.#isStale = false;
      const lanes = this.#lanes();
      const data = await session.call(
        'timeline',
        lanes.map(({ id }) => id),
        this.#buckets
      );
      this.data = data && { ...data, buckets: this.#buckets, lanes };
      session.changed();
    }
    this.#isBusy = false;
  }

  /** The latest connections, and the chosen one among them. */
  #lanes() {
    const { connections } = this.#session.status;
    let shown = connections.slice(-MAX_LANES);
    const chosen = connections[this.#session.conn];
    if (chosen && !shown.includes(chosen)) shown = [chosen, ...shown.slice(1)];
    return shown.map(({ id, url }) => ({ id, name: `#${id} ${url ?? ''}` }));
  }
}
