/** How many people are listed by name; the count goes on beyond. */
const LISTED = 48;

/** Who is here and elsewhere. Somebody with two tabs is one person. */
export class People {
  #people = new Map();
  #elsewhere = new Map();

  /** The same bidder coming in again brings along the newest name. */
  join(bidder, name) {
    const person = this.#people.get(bidder) ?? { name, connections: 0 };
    person.name = name;
    person.connections += 1;
    this.#people.set(bidder, person);
  }

  rename(bidder, name) {
    const person = this.#people.get(bidder);
    if (person !== undefined) person.name = name;
  }

  leave(bidder) {
    const person = this.#people.get(bidder);
    if (person === undefined) return;
    person.connections -= 1;
    if (person.connections === 0) this.#people.delete(bidder);
  }

  nameOf(bidder) {
    return this.#people.get(bidder)?.name;
  }

  /** The people of this process, as `[bidder, name]`. */
  own() {
    return [...this.#people].map(([bidder, { name }]) => [bidder, name]);
  }

  /**
   * Notes who is in another process.
   *
   * @param {string} process
   * @param {string[][]} people as `own()` gave them there
   * @returns {boolean} whether that is new
   */
  setElsewhere(process, people) {
    const before = this.#elsewhere.get(process) ?? [];
    if (people.length === 0) this.#elsewhere.delete(process);
    else this.#elsewhere.set(process, people);
    return JSON.stringify(before) !== JSON.stringify(people);
  }

  snapshot() {
    const all = new Map([...this.#elsewhere.values()].flat());
    for (const [bidder, name] of this.own()) all.set(bidder, name);
    const listed = [...all]
      .slice(0, LISTED)
      .map(([bidder, name]) => ({ bidder, name }));
    return { count: all.size, listed };
  }
}
