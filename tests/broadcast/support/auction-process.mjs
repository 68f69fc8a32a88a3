// The auction's server in a process of its own, and a visitor without a browser.

import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import WebSocket from 'ws';

const SERVER = fileURLToPath(
  new URL('../../../examples/koa-auction/server.mjs', import.meta.url)
);

export class AuctionProcess extends EventEmitter {
  /** What it has printed, line by line. */
  lines = [];

  /**
   * @param {string} redisUrl
   * @param {string[]} [args]
   */
  constructor(redisUrl, args = []) {
    super();
    this.child = spawn(
      process.execPath,
      [SERVER, '--host', '127.0.0.1', '--port', '0', ...args],
      {
        env: { ...process.env, REDIS_URL: redisUrl },
        stdio: ['ignore', 'pipe', 'pipe']
      }
    );
    for (const stream of [this.child.stdout, this.child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line);
        this.emit('line');
      });
    }
    this.child.on('exit', () => this.emit('line'));
  }

  get hasEnded() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Waits for the line number `nth` (from 1) that matches. */
  async printed(pattern, nth = 1) {
    for (;;) {
      const found = this.lines.filter((line) => pattern.test(line));
      if (found.length >= nth) return found[nth - 1];
      if (this.hasEnded) {
        throw new Error(`It has ended:\n${this.lines.join('\n')}`);
      }
      await once(this, 'line');
    }
  }

  async enter(digit, name) {
    const greeting = await this.printed(/^Auction open at /);
    const [url] = /http:\S+/.exec(greeting);
    const visitor = new Visitor(new URL('live', url.replace('http', 'ws')));
    await once(visitor.socket, 'open');
    visitor.say({ type: 'hello', token: digit.repeat(32), name });
    await visitor.told('welcome');
    return visitor;
  }

  async stop(signal = 'SIGTERM') {
    if (this.hasEnded) return;
    this.child.kill(signal);
    await once(this.child, 'exit');
  }
}

/** A visitor that knows what its page would show. */
class Visitor {
  #wake = () => {};
  messages = [];
  auction = null;
  people = null;

  constructor(url) {
    this.socket = new WebSocket(url);
    this.socket.on('message', (data) => this.#take(JSON.parse(data)));
  }

  #take(message) {
    this.messages.push(message);
    if (message.auction) this.auction = message.auction;
    if (message.people) this.people = message.people;
    if (message.type === 'bid') {
      const { bid, minimum, endsAt, bidCount } = message;
      const bids = [bid, ...this.auction.bids];
      this.auction = { ...this.auction, minimum, endsAt, bidCount, bids };
    }
    this.#wake();
  }

  say(message) {
    this.socket.send(JSON.stringify(message));
  }

  /** Bids the least that is asked. */
  bid(amount = this.auction.minimum) {
    const { round } = this.auction;
    const ref = Math.floor(Math.random() * 1e9);
    this.say({ type: 'bid', round, amount, ref });
    return amount;
  }

  async until(condition) {
    while (!condition(this)) {
      await new Promise((resolve) => (this.#wake = resolve));
    }
  }

  async told(type) {
    await this.until(() => this.messages.some((it) => it.type === type));
    return this.messages.find((it) => it.type === type);
  }

  /** Waits until this visitor sees `name` lead with `amount`. */
  sees(name, amount) {
    return this.until(({ auction: { bids } }) => {
      return bids[0]?.name === name && bids[0].amount === amount;
    });
  }
}
