import { randomUUID } from 'node:crypto';

import { Allowance } from './allowance.mjs';
import { MessageError, parseMessage } from './messages.mjs';
import { People } from './people.mjs';

/** A client that lets more than this pile up unread (octets) is dropped. */
const MAX_UNREAD_LEN = 1024 * 1024;

/** Comings and goings within this time are told in one message. */
const PEOPLE_DELAY_MS = 50;

/**
 * The connections of this process, the auction and the people in it.
 *
 * What clients ask for goes to the hub as a command and takes effect when it
 * comes back. The hub gives all rooms the same commands in the same order, and
 * a command carries its own time, so all rooms come to the same result.
 */
export class Room {
  #auction;
  #hub;
  #now;
  #people = new People();
  #seats = new Map();
  #unsubscribe;
  #turnTimer = null;
  #peopleTimer = null;

  /**
   * @param {object} options
   * @param {import('./auction.mjs').Auction} options.auction
   * @param {import('./local-hub.mjs').LocalHub} options.hub
   * @param {() => number} [options.now] ms since the epoch
   */
  constructor({ auction, hub, now = Date.now }) {
    this.#auction = auction;
    this.#hub = hub;
    this.#now = now;
    this.#unsubscribe = hub.subscribe((command) => this.#apply(command));
    this.#scheduleTurn();
  }

  /** @param {import('ws').WebSocket} socket */
  add(socket) {
    const allowance = new Allowance({
      burst: 20,
      perSecond: 5,
      now: this.#now()
    });
    const seat = { id: randomUUID(), socket, bidder: null, allowance };
    this.#seats.set(seat.id, seat);

    socket.on('message', (data, isBinary) => {
      this.#receive(seat, data, isBinary);
    });
    socket.on('close', () => {
      this.#seats.delete(seat.id);
      if (seat.bidder !== null) this.#publish(seat, { type: 'leave' });
    });
  }

  /** Sends everybody off and lets go of all timers. */
  close() {
    clearTimeout(this.#turnTimer);
    clearTimeout(this.#peopleTimer);
    this.#unsubscribe();
    for (const { socket } of this.#seats.values()) {
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
    this.#publish(seat, message);
  }

  #publish(seat, message) {
    this.#hub.publish({
      ...message,
      bidder: seat.bidder,
      seat: seat.id,
      at: this.#now()
    });
  }

  #apply(command) {
    this.#turn(command.at);
    switch (command.type) {
      case 'hello':
        this.#people.join(command.bidder, command.name);
        this.#welcome(command);
        return this.#tellPeople();
      case 'rename':
        this.#people.rename(command.bidder, command.name);
        return this.#tellPeople();
      case 'leave':
        this.#people.leave(command.bidder);
        return this.#tellPeople();
      case 'bid':
        return this.#bid(command);
    }
  }

  #welcome({ seat, bidder, at }) {
    this.#send(seat, {
      type: 'welcome',
      you: bidder,
      now: at,
      auction: this.#auction.snapshot(),
      people: this.#people.snapshot()
    });
  }

  #bid(command) {
    const name = this.#people.nameOf(command.bidder);
    const { bid, refused } = this.#auction.bid({ ...command, name });
    if (refused !== undefined) {
      const { ref } = command;
      const { minimum } = this.#auction;
      this.#send(command.seat, { type: 'refused', ref, refused, minimum });
      return;
    }
    this.#scheduleTurn();
    this.#broadcast({ type: 'bid', bid, ...this.#auction.standing() });
  }

  #turn(now) {
    if (!this.#auction.advance(now)) return;
    this.#broadcast({ type: 'lot', now, auction: this.#auction.snapshot() });
    this.#scheduleTurn();
  }

  #scheduleTurn() {
    clearTimeout(this.#turnTimer);
    this.#turnTimer = setTimeout(() => {
      this.#turn(this.#now());
      this.#scheduleTurn();
    }, this.#auction.endsAt - this.#now());
  }

  #tellPeople() {
    this.#peopleTimer ??= setTimeout(() => {
      this.#peopleTimer = null;
      this.#broadcast({ type: 'people', people: this.#people.snapshot() });
    }, PEOPLE_DELAY_MS);
  }

  /** Does nothing where the seat is another process's, or empty by now. */
  #send(seatId, message) {
    this.#seats.get(seatId)?.socket.send(JSON.stringify(message));
  }

  #broadcast(message) {
    const text = JSON.stringify(message);
    for (const { socket, bidder } of this.#seats.values()) {
      if (bidder === null) continue;
      if (socket.bufferedAmount > MAX_UNREAD_LEN) socket.terminate();
      else socket.send(text);
    }
  }
}
