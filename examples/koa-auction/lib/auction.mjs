/**
 * @typedef {object} Bid
 * @property {number} number counts from 1 within the lot
 * @property {string} bidder public id of the bidder
 * @property {string} name the bidder's name at the time of the bid
 * @property {number} amount whole euros
 * @property {number} ref the bidder's own reference, given back as it came
 * @property {number} at ms since the epoch
 */

/** Nobody can bid more than this, in whole euros. */
export const HIGHEST_BID = 1_000_000;

/** How many of a lot's bids are remembered in full. */
const HISTORY_LENGTH = 40;

/** The smallest raise over `price`, in whole euros. */
export function incrementFor(price) {
  if (price < 100) return 5;
  if (price < 500) return 10;
  if (price < 2_000) return 50;
  return 100;
}

/**
 * The lots, one after the other, and the bids on the one that is open.
 *
 * It reads no clock: every call brings its own time, so that the same calls
 * in the same order give the same auction on any machine. Time that seems to
 * run backwards counts as standing still.
 */
export class Auction {
  #lots;
  #lotMs;
  #pauseMs;
  #graceMs;
  #now;
  #round = 0;
  #phase = 'open';
  #endsAt;
  #bids = [];
  #bidCount = 0;

  /**
   * @param {object} options
   * @param {object[]} options.lots what is sold; begins again after the last
   * @param {number} options.startsAt ms since the epoch
   * @param {number} [options.lotMs] how long a lot is open
   * @param {number} [options.pauseMs] from one lot's end to the next, at most `lotMs`
   * @param {number} [options.graceMs] what a late bid leaves to the others, at
   *   most `lotMs`
   */
  constructor({
    lots,
    startsAt,
    lotMs = 180_000,
    pauseMs = 12_000,
    graceMs = 15_000
  }) {
    this.#lots = lots;
    this.#lotMs = lotMs;
    this.#pauseMs = Math.min(pauseMs, lotMs);
    this.#graceMs = Math.min(graceMs, lotMs);
    this.#now = startsAt;
    this.#endsAt = startsAt + lotMs;
  }

  /** When the open lot closes or, in the pause, the next one opens. */
  get endsAt() {
    return this.#endsAt;
  }

  /** The least that the next bid must be, in whole euros. */
  get minimum() {
    const leader = this.#bids[0];
    if (leader === undefined) return this.#lot.opening;
    return leader.amount + incrementFor(leader.amount);
  }

  get #lot() {
    return this.#lots[this.#round % this.#lots.length];
  }

  /**
   * Moves on to `now`: closes the lot and opens the next as they fall due.
   *
   * @param {number} now ms since the epoch
   * @returns {boolean} whether a lot was closed or opened
   */
  advance(now) {
    this.#now = Math.max(this.#now, now);
    const before = this.#endsAt;

    while (this.#now >= this.#endsAt) {
      if (this.#phase === 'open') {
        this.#phase = 'closed';
        this.#endsAt += this.#pauseMs;
      } else {
        this.#phase = 'open';
        this.#round += 1;
        this.#endsAt += this.#lotMs;
        this.#bids = [];
        this.#bidCount = 0;
      }
    }
    return this.#endsAt !== before;
  }

  /**
   * Takes or turns down a bid. Call `advance` with the same time first.
   *
   * @param {object} bid
   * @param {number} bid.round the lot that the bidder was looking at
   * @param {number} bid.amount whole euros
   * @param {string} bid.bidder
   * @param {string} bid.name
   * @param {number} bid.ref
   * @returns {{ bid: Bid } | { refused: 'closed' | 'leading' | 'low' | 'high' }}
   */
  bid({ round, amount, bidder, name, ref }) {
    if (round !== this.#round || this.#phase !== 'open') {
      return { refused: 'closed' };
    }
    if (this.#bids[0]?.bidder === bidder) return { refused: 'leading' };
    if (amount < this.minimum) return { refused: 'low' };
    if (amount > HIGHEST_BID) return { refused: 'high' };

    this.#bidCount += 1;
    const bid = {
      number: this.#bidCount,
      bidder,
      name,
      amount,
      ref,
      at: this.#now
    };
    this.#bids.unshift(bid);
    this.#bids.length = Math.min(this.#bids.length, HISTORY_LENGTH);
    // Nobody wins by being the last to press: the others get time to answer.
    this.#endsAt = Math.max(this.#endsAt, this.#now + this.#graceMs);
    return { bid };
  }

  /** All that another process needs to go on from here. */
  state() {
    return {
      round: this.#round,
      phase: this.#phase,
      endsAt: this.#endsAt,
      bids: this.#bids,
      bidCount: this.#bidCount
    };
  }

  /**
   * Goes on from where another process is, if that is ahead. All come to the
   * same state in whatever order they hear from each other.
   *
   * @param {object} state what `state()` gave there
   * @returns {number} above 0 if that process was ahead, below 0 if this one is
   */
  catchUp(state) {
    const order = compare(state, this.state());
    if (order > 0) {
      this.#round = state.round;
      this.#phase = state.phase;
      this.#endsAt = state.endsAt;
      this.#bids = state.bids;
      this.#bidCount = state.bidCount;
    }
    return order;
  }

  /** What changes with each bid. */
  standing() {
    return {
      minimum: this.minimum,
      increment: incrementFor(this.minimum),
      endsAt: this.#endsAt,
      bidCount: this.#bidCount
    };
  }

  /** All that somebody who has just come in needs to know. */
  snapshot() {
    const index = this.#round % this.#lots.length;
    return {
      round: this.#round,
      lot: { ...this.#lot, number: index + 1, of: this.#lots.length },
      phase: this.#phase,
      lengthMs: this.#phase === 'open' ? this.#lotMs : this.#pauseMs,
      bids: this.#bids,
      ...this.standing()
    };
  }
}

/**
 * Which of two states goes on: that of the later lot, of the higher bid, of the
 * earlier one among equal bids, and of the auction that began first.
 *
 * @returns {number} above 0 for the first, below 0 for the second
 */
function compare(one, two) {
  const first = rank(one);
  const second = rank(two);
  const at = first.findIndex((value, i) => value !== second[i]);
  if (at === -1) return 0;
  return first[at] > second[at] ? 1 : -1;
}

function rank({ round, phase, endsAt, bids: [leader] }) {
  return [
    round,
    leader?.amount ?? 0,
    -(leader?.at ?? 0),
    leader?.bidder ?? '',
    phase === 'closed' ? 1 : 0,
    -endsAt
  ];
}
