/** How many bids are kept; the server's list is no longer than this. */
const HISTORY_LENGTH = 40;

/**
 * What the page knows: the auction as the server last told it, and this
 * visitor's own bid while there is no answer to it. Knows nothing of the DOM.
 */
export class Model {
  you = null;
  auction = null;
  people = { count: 0, listed: [] };
  /** The bid on its way: `{ round, amount, ref }` or null. */
  pending = null;
  /** What became of the last bid: `{ tone, text }` or null. */
  answer = null;
  /** Whether what is known here is what the server knows. */
  isLive = false;
  roundTripMs = null;
  #clockOffset = 0;

  /** The server's time (ms since the epoch), as well as it is known here. */
  get now() {
    return Date.now() + this.#clockOffset;
  }

  get leader() {
    return this.auction?.bids[0] ?? null;
  }

  /** `watching`, `leading`, `outbid`, `won`, `sold` or `unsold`. */
  get standing() {
    const { leader } = this;
    const isOpen = this.auction?.phase !== 'closed';
    if (leader === null) return isOpen ? 'watching' : 'unsold';
    if (leader.bidder === this.you) return isOpen ? 'leading' : 'won';
    if (!isOpen) return 'sold';
    const hasBid = this.auction.bids.some((bid) => bid.bidder === this.you);
    return hasBid ? 'outbid' : 'watching';
  }

  receive(message) {
    switch (message.type) {
      case 'welcome':
        this.you = message.you;
        this.#setClock(message.now);
        this.people = message.people;
        this.#setAuction(message.auction);
        break;
      case 'tick':
        this.#setClock(message.now);
        this.roundTripMs = message.roundTripMs;
        break;
      case 'people':
        this.people = message.people;
        break;
      case 'lot':
        this.#setClock(message.now);
        this.#setAuction(message.auction);
        break;
      case 'bid':
        this.#addBid(message);
        break;
      case 'refused':
        this.#refuse(message);
        break;
    }
  }

  /** Notes a bid as being on its way; returns the message to send. */
  place(amount) {
    const { round } = this.auction;
    const ref = crypto.getRandomValues(new Uint32Array(1))[0];
    this.pending = { round, amount, ref };
    this.answer = null;
    return { type: 'bid', round, amount, ref };
  }

  #setClock(now) {
    this.#clockOffset = now - Date.now();
  }

  #setAuction(auction) {
    this.auction = auction;
    this.answer = null;
    if (this.pending === null) return;

    // We were away, or the lot has closed, with a bid still unanswered. The
    // list of bids says what became of it.
    if (auction.bids.some((bid) => this.#isPending(bid))) {
      this.#accept();
    } else {
      this.pending = null;
      this.answer = {
        tone: 'bad',
        text: 'Your last bid did not reach the auctioneer.'
      };
    }
  }

  #addBid({ bid, minimum, increment, endsAt, bidCount }) {
    if (this.auction === null) return;
    const bids = [bid, ...this.auction.bids].slice(0, HISTORY_LENGTH);
    Object.assign(this.auction, { bids, minimum, increment, endsAt, bidCount });
    if (this.#isPending(bid)) this.#accept();
    else if (this.answer?.tone === 'good') this.answer = null;
  }

  #refuse({ ref, refused, minimum }) {
    if (this.pending?.ref !== ref) return;
    const amount = euros(this.pending.amount);
    this.pending = null;
    this.answer = { tone: 'bad', text: REFUSALS[refused]({ amount, minimum }) };
  }

  #isPending(bid) {
    return bid.bidder === this.you && bid.ref === this.pending?.ref;
  }

  #accept() {
    this.answer = {
      tone: 'good',
      text: `Your bid of ${euros(this.pending.amount)} stands.`
    };
    this.pending = null;
  }
}

const REFUSALS = {
  low: ({ amount, minimum }) =>
    `${amount} is not enough: the next bid is ${euros(minimum)} or more.`,
  high: ({ amount }) => `${amount} is more than this house can take.`,
  leading: () => 'You lead already. No need to bid against yourself.',
  closed: ({ amount }) => `Too late: the lot closed before your ${amount}.`
};

const format = new Intl.NumberFormat('en', {
  style: 'currency',
  currency: 'EUR',
  maximumFractionDigits: 0
});

export function euros(amount) {
  return format.format(amount);
}
