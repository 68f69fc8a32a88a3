import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';

import WebSocket from 'ws';

import { assertAccelerated } from './support/app-process.mjs';
import { AUCTION, AUCTION_MODES, startExample } from './support/examples.mjs';

const TOKENS = ['a', 'b', 'c'].map((digit) => digit.repeat(32));

for (const mode of AUCTION_MODES) {
  describe(`The auction's server, ${mode.name}`, { timeout: 60_000 }, () => {
    let auction;
    let live;
    before(async () => {
      auction = await startExample(AUCTION, mode.args);
      live = new URL('live', auction.url.replace('http', 'ws'));
    });
    after(() => auction.app.stop());

    it('says what it runs on', () => {
      const expected = mode.isAccelerated ? 'ws on native frames' : 'stock ws';
      assert.ok(auction.greeting.includes(`(${expected})`), auction.greeting);
    });

    it('serves its page under a strict policy', async () => {
      const response = await fetch(auction.url);
      assert.equal(response.status, 200);
      const policy = response.headers.get('content-security-policy');
      assert.match(policy, /^default-src 'none';/);
      assert.doesNotMatch(policy, /unsafe|\*/);
      assert.doesNotMatch(await response.text(), /style=|onclick=|<style/);
    });

    it('tells everybody about a bid, and the bidder of a refusal', async () => {
      const [ann, bob] = await Promise.all([
        Visitor.enter(live, TOKENS[0], 'Ann'),
        Visitor.enter(live, TOKENS[1], 'Bob')
      ]);
      await bob.told('welcome');
      const { round, minimum } = (await ann.told('welcome')).auction;

      const bid = { type: 'bid', round, amount: minimum };
      ann.say({ ...bid, ref: 1 });
      for (const visitor of [ann, bob]) {
        const told = await visitor.told('bid');
        assert.equal(told.bid.name, 'Ann');
        assert.equal(told.bid.amount, minimum);
        assert.ok(told.minimum > minimum);
      }
      bob.say({ ...bid, ref: 2 });
      const { ref, refused } = await bob.told('refused');
      assert.deepEqual([ref, refused], [2, 'low']);

      bob.socket.close();
      const { people } = await ann.told('people', ({ people }) =>
        people.listed.every(({ name }) => name !== 'Bob')
      );
      assert.deepEqual(
        people.listed.map(({ name }) => name),
        ['Ann']
      );
      ann.socket.close();
      await once(ann.socket, 'close');
    });

    it('pings, and says how long the answer took', async () => {
      const visitor = new Visitor(live);
      await once(visitor.socket, 'ping');
      const { now, roundTripMs } = await visitor.told('tick');
      assert.ok(Number.isSafeInteger(now) && roundTripMs >= 0);
      visitor.socket.terminate();
    });

    const hello = { type: 'hello', token: TOKENS[2], name: 'Carl' };
    const refusals = [
      ['binary data', 1003, [Buffer.from(JSON.stringify(hello))]],
      ['what is not JSON', 1008, ['{']],
      ['a bid before the hello', 1008, [{ type: 'bid', round: 0 }]],
      ['a second hello', 1008, [hello, hello]],
      ['a token that is none', 1008, [{ ...hello, token: 'x' }]],
      ['more than a kibibyte', 1009, [' '.repeat(1025)]],
      ['a flood', 1008, Array(50).fill({ type: 'rename', name: 'x' }), hello]
    ];
    for (const [what, code, messages, first] of refusals) {
      it(`closes with ${code} on ${what}`, async () => {
        const visitor = new Visitor(live);
        await once(visitor.socket, 'open');
        if (first !== undefined) visitor.say(first);
        for (const message of messages) visitor.say(message);
        assert.equal((await once(visitor.socket, 'close'))[0], code);
      });
    }

    it('closes what is opened elsewhere', async () => {
      const socket = new WebSocket(new URL('/elsewhere', live));
      assert.equal((await once(socket, 'close'))[0], 1008);
    });

    it('refuses pages of other sites', async () => {
      for (const origin of ['http://evil.example', 'null', 'junk']) {
        const socket = new WebSocket(live, { origin });
        const [, response] = await once(socket, 'unexpected-response');
        assert.equal(response.statusCode, 401);
        socket.on('error', () => {});
        socket.terminate();
      }
      const own = new WebSocket(live, { origin: auction.url });
      await once(own, 'open');
      own.terminate();
    });

    it('lives on after all that', async () => {
      const visitor = await Visitor.enter(live, TOKENS[0], 'Ann');
      assert.equal((await visitor.told('welcome')).auction.bidCount, 1);
      visitor.socket.terminate();
      if (mode.isAccelerated) {
        await assertAccelerated(auction.app, { messages: 40, frames: 50 });
      }
    });

    it('sends everybody off with 1012 when it is stopped', async () => {
      const visitor = await Visitor.enter(live, TOKENS[0], 'Ann');
      const closed = once(visitor.socket, 'close');
      await auction.app.stop('SIGTERM');
      assert.equal((await closed)[0], 1012);
    });
  });
}

describe("The auction's command line", () => {
  const run = (...args) =>
    spawnSync(process.execPath, [AUCTION, ...args], { encoding: 'utf8' });

  it('explains itself', () => {
    const { status, stdout } = run('--help');
    assert.equal(status, 0);
    for (const option of ['--port', '--host', '--lot-seconds', '--stock']) {
      assert.ok(stdout.includes(option), option);
    }
  });

  it('refuses what it does not know', () => {
    const wrong = [
      ['--prot', '1'],
      ['--port', '65536'],
      ['--port', 'x'],
      ['x']
    ];
    for (const args of wrong) {
      const { status, stderr } = run(...args);
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, /^(Unknown|Unexpected|--port must).*\n\nUsage:/);
    }
  });
});

/** A visitor without a browser. */
class Visitor {
  #messages = [];
  #wake = () => {};

  constructor(url) {
    this.socket = new WebSocket(url);
    this.socket.on('message', (data) => {
      this.#messages.push(JSON.parse(data));
      this.#wake();
    });
  }

  static async enter(url, token, name) {
    const visitor = new Visitor(url);
    await once(visitor.socket, 'open');
    visitor.say({ type: 'hello', token, name });
    return visitor;
  }

  say(message) {
    const isRaw = typeof message === 'string' || Buffer.isBuffer(message);
    this.socket.send(isRaw ? message : JSON.stringify(message));
  }

  /** Waits for a message of that type, and takes it away. */
  async told(type, matches = () => true) {
    for (;;) {
      const index = this.#messages.findIndex(
        (message) => message.type === type && matches(message)
      );
      if (index !== -1) return this.#messages.splice(index, 1)[0];
      await new Promise((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
