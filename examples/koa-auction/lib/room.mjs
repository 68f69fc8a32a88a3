import { Allowance } from './allowance.mjs';
import { MessageError, parseMessage } from './messages.mjs';
import { People } from './people.mjs';

/** A client that lets more than this pile up unread (bytes) is dropped. */
const MAX_UNREAD_LEN = 1024 * 1024;

/** Comings and goings within this time are told in one message. */
const PEOPLE_DELAY_MS = 50;

/**
 * The connections of this process, the auction and the people in it.
 *
 * What clients ask for takes effect here at once. The other processes that take
 * part are told by the exchange how things stand then, and follow whoever is
 * ahead.
 */
export class Room {
  #auction;
  #exchange;
  #now;
  #people = new People();
  #seats = new Set();
  #turnTimer = null;
  #peopleTimer = null;

  /**
   * @param {object} options
   * @param {import('./auction.mjs').Auction} options.auction
   * @param {import('./exchange.mjs').Exchange} options.exchange
   * @param {() => number} [options.now] ms since the epoch
   */
  constructor({ auction, exchange, now = Date.now }) {
    this.#auction = auction;
    this.#exchange = exchange;
    this.#now = now;
    this.#scheduleTurn();
    exchange.open({
      state: () => this.#state(),
      hear: (process, state) => this.#hear(process, state),
      miss: (process) => this.#hearOfPeople(process, [])
    });
  }

  /** @param {import('ws').WebSocket} socket */
  add(socket) {
    const allowance = new Allowance({
      burst: 20,
      perSecond: 5,
      now: this.#now()
    });
    const seat = { socket, bidder: null, allowance };
    this.#seats.add(seat);

    socket.on('message', (data, isBinary) => {
      this.#receive(seat, data, isBinary);
    });
    socket.on('close', () => {
      this.#seats.delete(seat);
      if (seat.bidder !== null) this.#apply(seat, { type: 'leave' });
    });
  }

  /** Sends everybody off and lets go of all timers. */
  close() {
    clearTimeout(this.#turnTimer);
    clearTimeout(this.#peopleTimer);
    this.#exchange.close();
    for (const { socket } of this.#seats) {
      socket.close(1012, 'Server restart');
    }
  }

  #receive(seat, data, isBinary) {
    if (!seat.allowance.take(this.#now())) {
      seat.socket.close(1008, 'Too many messages');
      return;
    }
    try {
      this.#request(seat, parseMessage(data, isBinary));
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      seat.socket.close(error.code, error.message);
    }
  }

  #request(seat, message) {
    const isHello = message.type === 'hello';
    if (isHello !== (seat.bidder === null)) {
      throw new MessageError(1008, 'Say hello first, and once');
    }
    if (isHello) seat.bidder = message.bidder;
    this.#apply(seat, message);
  }

  #apply(seat, message) {
    const now = this.#now();
    this.#turn(now);
    switch (message.type) {
      case 'hello':
        this.#people.join(seat.bidder, message.name);
        this.#welcome(seat, now);
        return this.#tellPeople();
      case 'rename':
        this.#people.rename(seat.bidder, message.name);
        return this.#tellPeople();
      case 'leave':
        this.#people.leave(seat.bidder);
        return this.#tellPeople();
      case 'bid':
        return this.#bid(seat, message);
    }
  }

  #welcome({ socket, bidder }, now) {
    send(socket, {
      type: 'welcome',
      you: bidder,
      now,
      auction: this.#auction.snapshot(),
      people: this.#people.snapshot()
    });
  }

  #bid({ socket, bidder }, { round, amount, ref }) {
    const name = this.#people.nameOf(bidder);
    const asked = { round, amount, ref, bidder, name };
    const { bid, refused } = this.#auction.bid(asked);
    if (refused !== undefined) {
      const { minimum } = this.#auction;
      send(socket, { type: 'refused', ref, refused, minimum });
      return;
    }
    this.#tellBid(bid);
    this.#exchange.tell();
  }

  #tellBid(bid) {
    this.#scheduleTurn();
    this.#broadcast({ type: 'bid', bid, ...this.#auction.standing() });
  }

  #tellLot(now) {
    this.#scheduleTurn();
    this.#broadcast({ type: 'lot', now, auction: this.#auction.snapshot() });
  }

  /** How things stand here, for other processes. */
  #state() {
    return { auction: this.#auction.state(), people: this.#people.own() };
  }

  #hear(process, { auction, people }) {
    const now = this.#now();
    this.#turn(now);
    this.#hearOfPeople(process, people);

    const before = this.#auction.state();
    const order = this.#auction.catchUp(auction);
    if (order > 0) {
      // Usually it is one bid more.
      if (isOneBidMore(before, auction)) this.#tellBid(auction.bids[0]);
      else this.#tellLot(now);
    } else if (order < 0) {
      this.#exchange.tell();
    }
  }

  #hearOfPeople(process, people) {
    if (this.#people.setElsewhere(process, people)) this.#announcePeople();
  }

  #turn(now) {
    if (this.#auction.advance(now)) this.#tellLot(now);
  }

  #scheduleTurn() {
    clearTimeout(this.#turnTimer);
    this.#turnTimer = setTimeout(() => {
      this.#turn(this.#now());
      this.#scheduleTurn();
    }, this.#auction.endsAt - this.#now());
  }

  /** Tells everybody, here and in other processes, who is here. */
  #tellPeople() {
    this.#announcePeople();
    this.#exchange.tell();
  }

  #announcePeople() {
    this.#peopleTimer ??= setTimeout(() => {
      this.#peopleTimer = null;
      this.#broadcast({ type: 'people', people: this.#people.snapshot() });
    }, PEOPLE_DELAY_MS);
  }

  #broadcast(message) {
    const text = JSON.stringify(message);
    for (const { socket, bidder } of this.#seats) {
      if (bidder === null) continue;
      if (socket.bufferedAmount > MAX_UNREAD_LEN) socket.terminate();
      else socket.send(text);
    }
  }
}

function send(socket, message) {
  socket.send(JSON.stringify(message));
}

/** Whether the second state is the first one and a bid. */
function isOneBidMore(before, after) {
  const [, previous] = after.bids;
  const [leader] = before.bids;
  return (
    after.round === before.round &&
    after.phase === before.phase &&
    after.bidCount === before.bidCount + 1 &&
    previous?.bidder === leader?.bidder &&
    previous?.ref === leader?.ref
  );
}
