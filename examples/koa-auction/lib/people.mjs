/** How many people are listed by name; the count goes on beyond. */
const LISTED = 48;

/** Who is here. Somebody with two tabs is one person. */
export class People {
  #people = new Map();

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

  snapshot() {
    const listed = [];
    for (const [bidder, { name }] of this.#people) {
      if (listed.length === LISTED) break;
      listed.push({ bidder, name });
    }
    return { count: this.#people.size, listed };
  }
}
