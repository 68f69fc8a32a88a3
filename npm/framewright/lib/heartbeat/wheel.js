'use strict';

const isOccupied = require('../send/is-occupied');

const OPEN = 1;

/** What a server's ping with a payload of 8 bytes begins with. */
const HEADER = Buffer.of(0x89, 8);

/**
 * How many groups the connections are spread over, at most, and the shortest
 * time between two groups, in ms. With fewer groups, a tick blocks the event
 * loop for longer. With more, the processor wakes up more often.
 */
const MOST_SLOTS = 256;
const SHORTEST_TICK = 50;

/** A stride that visits every slot, with neighbours far apart. */
const STRIDE = 0.618;

/** What the payload of our pings begins with, to recognise the pongs. */
const MARK = Buffer.from('fwhb');

/** The wheels that turn. */
const turning = new Set();

/**
 * One timer for all connections that have the same interval and timeout.
 *
 * The wheel goes round twice an interval. A connection that has read something
 * since the last round is alive; one that hasn't is pinged, and judged once the
 * timeout has passed. So one that falls silent is pinged within an interval,
 * and one that is quiet but alive once an interval.
 *
 * Time is counted in ticks. So while the process itself is blocked, no peer
 * counts as silent.
 */
class Wheel {
  /**
   * @param {Object} pace See the constructor
   * @return {Wheel} The wheel that turns at this pace already, or a new one
   */
  static of(pace) {
    for (const wheel of turning) {
      if (
        wheel.interval === pace.interval &&
        wheel.timeout === pace.timeout &&
        wheel.clock === pace.clock
      ) {
        return wheel;
      }
    }

    return new Wheel(pace);
  }

  /**
   * @param {Object} pace The pace
   * @param {Number} pace.interval How long a connection may be silent, in ms
   * @param {Number} pace.timeout How long it may take to answer, in ms
   * @param {Object} pace.clock The clock to use
   */
  constructor({ clock, interval, timeout }) {
    const round = interval / 2;
    const count = Math.max(
      1,
      Math.min(MOST_SLOTS, Math.floor(round / SHORTEST_TICK))
    );

    this.interval = interval;
    this.timeout = timeout;
    this.clock = clock;
    this.tickLength = round / count;
    this.slots = Array.from({ length: count }, () => []);
    this.stride = strideOf(count);
    this.next = 0;
    this.size = 0;
    this.tick = 0;
    /** After this many ticks the timeout has surely passed. */
    this.patience = Math.ceil(timeout / this.tickLength) + 1;
    /** The connections to judge, by tick. */
    this.awaited = Array.from({ length: this.patience + 1 }, () => []);
    this.timer = null;
    this.payload = MARK;
    this.frame = HEADER;
  }

  /** @param {Member} member A connection to watch from now on */
  add(member) {
    const slot = this.slots[this.next];

    this.next = (this.next + this.stride) % this.slots.length;
    member.slot = slot;
    member.index = slot.push(member) - 1;

    if (this.size++ === 0) this.start();
  }

  /** @param {Member} member One that was added before */
  remove(member) {
    const { index, slot } = member;
    const last = slot.pop();

    if (last !== member) {
      slot[index] = last;
      last.index = index;
    }

    member.slot = null;
    member.deadline = -1;

    if (--this.size === 0) this.stop();
  }

  /** @private */
  start() {
    turning.add(this);
    this.timer = this.clock.setInterval(() => this.turn(), this.tickLength);
    // It doesn't keep the process alive.
    this.timer?.unref?.();
  }

  /** @private */
  stop() {
    turning.delete(this);
    this.clock.clearInterval(this.timer);
    this.timer = null;
    for (const members of this.awaited) members.length = 0;
  }

  /** @private */
  turn() {
    this.tick++;
    this.payload = payloadOf(this.tick);
    this.frame = Buffer.concat([HEADER, this.payload]);

    const place = this.tick % this.awaited.length;
    const due = this.awaited[place];

    this.awaited[place] = [];
    for (const member of due) {
      try {
        this.judge(member);
      } catch (err) {
        throwLater(err);
      }
    }

    const slot = this.slots[this.tick % this.slots.length];

    // Backwards, since members may leave meanwhile.
    for (let i = slot.length - 1; i >= 0; i--) {
      if (i < slot.length) this.look(slot[i]);
    }
  }

  /**
   * Checks whether a connection has read anything since the last round.
   *
   * @private
   */
  look(member) {
    const read = member.bytesRead();

    if (read !== member.read) {
      member.read = read;
      member.deadline = -1;
    } else if (
      member.deadline === -1 &&
      member.ws.readyState === OPEN &&
      !member.isPaused()
    ) {
      try {
        this.ping(member);
      } catch (err) {
        throwLater(err);
      }
    }
  }

  /** @private */
  ping(member) {
    member.ping = this.tick;
    member.remember();
    this.await(member);
    member.owner.counts.pings++;
    member.sentAt = this.clock.now();
    if (isPlain(member.ws)) member.socket.write(this.frame);
    else member.ws.ping(this.payload);
  }

  /** @private */
  await(member) {
    member.deadline = this.tick + this.patience;
    this.awaited[member.deadline % this.awaited.length].push(member);
  }

  /**
   * Decides about a connection whose answer is due.
   *
   * @private
   */
  judge(member) {
    if (member.deadline !== this.tick) return;

    member.deadline = -1;

    // The next round will see what was read. Or ws is closing the connection,
    // which has a timeout of its own.
    if (
      member.bytesRead() !== member.read ||
      member.ws.readyState !== OPEN ||
      member.isPaused()
    ) {
      return;
    }

    if (member.moves()) this.await(member);
    else member.owner.onSilent(member);
  }

  /**
   * @param {Member} member One that got a pong
   * @param {Buffer} payload Its payload
   * @return {(Number|undefined)} What the round trip took, in ms, if it answers
   *     the last ping
   */
  roundTrip(member, payload) {
    if (member.ping !== pingOf(payload)) return undefined;

    member.ping = -1;
    return this.clock.now() - member.sentAt;
  }
}

/**
 * An application's function threw. The others are still called, and the error
 * is thrown later.
 */
function throwLater(err) {
  process.nextTick(() => {
    throw err;
  });
}

/**
 * Whether a ping is nothing but its frame, the same for all. It isn't on a
 * client, whose frames are masked, nor where something is being compressed, or
 * somebody wants to know about pings.
 */
function isPlain(ws) {
  const { _sender: sender } = ws;

  return (
    ws._isServer === true &&
    sender !== undefined &&
    sender !== null &&
    !isOccupied(sender) &&
    ws.ping === Object.getPrototypeOf(ws).ping
  );
}

/** A payload that is the same for all pings of a tick. */
function payloadOf(tick) {
  const payload = Buffer.alloc(8);

  MARK.copy(payload);
  payload.writeUInt32LE(tick >>> 0, 4);
  return payload;
}

/** The tick in a payload; `undefined` if it isn't one of ours. */
function pingOf(payload) {
  if (payload.length !== 8 || payload.compare(MARK, 0, 4, 0, 4) !== 0) {
    return undefined;
  }

  return payload.readUInt32LE(4);
}

/** A number of slots that has no divisor in common with all there are. */
function strideOf(count) {
  let stride = Math.max(1, Math.round(count * STRIDE));

  while (divisor(stride, count) > 1) stride++;
  return stride;
}

function divisor(a, b) {
  return b === 0 ? a : divisor(b, a % b);
}

module.exports = Wheel;
