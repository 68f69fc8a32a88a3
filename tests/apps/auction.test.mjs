import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { Allowance } from '../../examples/koa-auction/lib/allowance.mjs';
import {
  Auction,
  HIGHEST_BID,
  incrementFor
} from '../../examples/koa-auction/lib/auction.mjs';
import {
  MessageError,
  NAME_LENGTH,
  parseMessage
} from '../../examples/koa-auction/lib/messages.mjs';
import { People } from '../../examples/koa-auction/lib/people.mjs';

const START = 1_000_000;
const LOTS = [
  { title: 'first', opening: 60 },
  { title: 'second', opening: 1000 }
];

describe('Auction', () => {
  let auction;
  beforeEach(() => {
    auction = new Auction({
      lots: LOTS,
      startsAt: START,
      lotMs: 60_000,
      pauseMs: 10_000,
      graceMs: 15_000
    });
  });

  const bid = (bidder, amount, round = 0) =>
    auction.bid({ round, amount, bidder, name: bidder, ref: 1 });

  it('starts at the opening price', () => {
    assert.equal(auction.minimum, 60);
    assert.deepEqual(bid('ann', 59), { refused: 'low' });
    assert.equal(bid('ann', 60).bid.number, 1);
  });

  it('asks for a raise by the increment', () => {
    bid('ann', 60);
    assert.equal(auction.minimum, 60 + incrementFor(60));
    assert.deepEqual(bid('bob', 64), { refused: 'low' });
    assert.equal(bid('bob', 65).bid.amount, 65);
  });

  it('never asks for less with a rising price', () => {
    let before = 0;
    for (let price = 0; price <= 10_000; price++) {
      assert.ok(incrementFor(price) >= before);
      before = incrementFor(price);
    }
  });

  it('lets nobody bid against themselves', () => {
    bid('ann', 60);
    assert.deepEqual(bid('ann', 100), { refused: 'leading' });
  });

  it('has a limit', () => {
    assert.deepEqual(bid('ann', HIGHEST_BID + 1), { refused: 'high' });
    assert.equal(bid('ann', HIGHEST_BID).bid.amount, HIGHEST_BID);
  });

  it('gives the others time to answer a late bid', () => {
    auction.advance(START + 50_000);
    bid('ann', 60);
    assert.equal(auction.endsAt, START + 65_000);
  });

  it('leaves the end alone for an early bid', () => {
    bid('ann', 60);
    assert.equal(auction.endsAt, START + 60_000);
  });

  it('closes on the millisecond, and then takes no bid', () => {
    assert.equal(auction.advance(START + 59_999), false);
    assert.equal(auction.advance(START + 60_000), true);
    assert.equal(auction.snapshot().phase, 'closed');
    assert.deepEqual(bid('ann', 60), { refused: 'closed' });
  });

  it('keeps the winner in sight until the next lot opens', () => {
    bid('ann', 60);
    auction.advance(START + 69_999);
    assert.equal(auction.snapshot().bids[0].bidder, 'ann');
    auction.advance(START + 70_000);
    const { lot, phase, bids, bidCount, round } = auction.snapshot();
    assert.deepEqual(
      [lot.title, lot.number, lot.of, phase, bids, bidCount, round],
      ['second', 2, 2, 'open', [], 0, 1]
    );
  });

  it('refuses a bid meant for the lot before', () => {
    auction.advance(START + 70_000);
    assert.deepEqual(bid('ann', 5000, 0), { refused: 'closed' });
    assert.equal(bid('ann', 5000, 1).bid.amount, 5000);
  });

  it('begins again after the last lot, and catches up in one go', () => {
    auction.advance(START + 3 * 70_000 + 1);
    const { lot, round, endsAt } = auction.snapshot();
    assert.deepEqual([lot.title, round], ['second', 3]);
    assert.equal(endsAt, START + 3 * 70_000 + 60_000);
  });

  it('stands still while time runs backwards', () => {
    auction.advance(START + 70_000);
    assert.equal(auction.advance(START), false);
    assert.equal(bid('ann', 1000, 1).bid.at, START + 70_000);
  });

  it('remembers the last bids, and counts them all', () => {
    for (let i = 0; i < 100; i++) bid(`bidder ${i % 2}`, auction.minimum);
    const { bids, bidCount } = auction.snapshot();
    assert.equal(bids.length, 40);
    assert.equal(bidCount, 100);
    assert.equal(bids[0].number, 100);
  });
});

describe('parseMessage', () => {
  const token = '0123456789abcdef0123456789abcdef';
  const parse = (value) => parseMessage(Buffer.from(JSON.stringify(value)));
  const refuses = (value, code = 1008) =>
    assert.throws(
      () => parse(value),
      (error) => error instanceof MessageError && error.code === code
    );

  it('takes a hello, and hides the token', () => {
    const { bidder, ...rest } = parse({ type: 'hello', token, name: 'Ann' });
    assert.deepEqual(rest, { type: 'hello', name: 'Ann' });
    assert.match(bidder, /^[0-9a-f]{16}$/);
    assert.ok(!token.includes(bidder));
  });

  it('takes a bid, and drops what it does not know', () => {
    const bid = { type: 'bid', round: 0, amount: 65, ref: 7 };
    assert.deepEqual(parse({ ...bid, at: 1, bidder: 'bob' }), bid);
  });

  it('refuses binary data with 1003', () => {
    assert.throws(() => parseMessage(Buffer.from('{}'), true), { code: 1003 });
  });

  it('refuses what is no object with a known type', () => {
    assert.throws(() => parseMessage(Buffer.from('{')), { code: 1008 });
    for (const value of [null, 1, 'bid', [], {}, { type: '__proto__' }]) {
      refuses(value);
    }
  });

  it('refuses numbers that are not whole or not safe', () => {
    const bad = [-1, 0.5, 2 ** 53, '65', null, undefined, [65], {}, true];
    for (const field of ['round', 'amount', 'ref']) {
      for (const value of bad) {
        refuses({ type: 'bid', round: 0, amount: 1, ref: 1, [field]: value });
      }
    }
    const infinite = '{"type":"bid","round":0,"amount":1e999,"ref":1}';
    assert.throws(() => parseMessage(Buffer.from(infinite)), MessageError);
  });

  it('refuses bad tokens and empty names', () => {
    for (const bad of [
      undefined,
      '',
      `${token}0`,
      token.toUpperCase(),
      [token]
    ]) {
      refuses({ type: 'hello', token: bad, name: 'Ann' });
    }
    for (const bad of [undefined, 1, '', ' ', '\u200b\u202e', '\n\t']) {
      refuses({ type: 'rename', name: bad });
    }
  });

  it('cleans names', () => {
    const nameOf = (name) => parse({ type: 'rename', name }).name;
    assert.equal(nameOf('  Ann \n\t Lee '), 'Ann Lee');
    assert.equal(nameOf('Ann\u202eLee'), 'AnnLee');
    assert.equal(nameOf('e\u0301'), 'é');
    assert.equal(nameOf('<b>Ann</b>'), '<b>Ann</b>');
    assert.equal(nameOf('💶'.repeat(99)), '💶'.repeat(NAME_LENGTH));
    assert.equal(nameOf('\ud800x'), '\ufffdx');
  });
});

describe('People', () => {
  it('counts somebody with two connections once', () => {
    const people = new People();
    people.join('a', 'Ann');
    people.join('a', 'Annie');
    people.join('b', 'Bob');
    people.leave('a');
    assert.deepEqual(people.snapshot(), {
      count: 2,
      listed: [
        { bidder: 'a', name: 'Annie' },
        { bidder: 'b', name: 'Bob' }
      ]
    });
    people.leave('a');
    people.leave('a');
    assert.equal(people.snapshot().count, 1);
  });

  it('lists some and counts all', () => {
    const people = new People();
    for (let i = 0; i < 1000; i++) people.join(`${i}`, 'x');
    const { count, listed } = people.snapshot();
    assert.equal(count, 1000);
    assert.equal(listed.length, 48);
  });
});

describe('Allowance', () => {
  it('allows a burst, then a rate', () => {
    const allowance = new Allowance({ burst: 2, perSecond: 4, now: START });
    const takes = (ms) => allowance.take(START + ms);
    assert.deepEqual([0, 0, 0, 249, 250, 250].map(takes), [
      true,
      true,
      false,
      false,
      true,
      false
    ]);
    assert.deepEqual([60_000, 60_000, 60_000].map(takes), [true, true, false]);
  });
});
