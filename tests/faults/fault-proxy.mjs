// A TCP proxy that does to a connection what bad networks do.

import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {object} Faults
 * @property {number} [delay] Up to how many milliseconds each chunk waits
 * @property {boolean} [splits] Whether chunks are cut, short ones to single bytes
 * @property {'reset' | 'half-close' | 'drop'} [end] How it ends
 * @property {number} [after] After how many bytes from the client it ends
 */

/**
 * Starts a proxy.
 *
 * @param {number} port Of the server, on this machine
 * @param {() => Faults} choose Called for each connection
 * @param {Random} random
 */
export async function startProxy(port, choose, random) {
  const open = new Set();
  const listener = net.createServer({ allowHalfOpen: true }, (near) => {
    const far = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const connection = new Faulty(near, far, choose(), random);
    open.add(connection);
    near.on('close', () => open.delete(connection));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');

  return {
    port: listener.address().port,
    close() {
      for (const { near, far } of open) {
        near.destroy();
        far.destroy();
      }
      listener.close();
    }
  };
}

class Faulty {
  #left;
  #isDead = false;

  constructor(near, far, faults, random) {
    Object.assign(this, { near, far, faults, random });
    this.#left = faults.end ? faults.after : Infinity;
    for (const [socket, other] of [
      [near, far],
      [far, near]
    ]) {
      socket.setNoDelay();
      socket.on('error', () => {});
      socket.on('close', () => other.destroy());
    }
    this.#forward(near, far, true);
    this.#forward(far, near, false);
  }

  async #forward(from, to, isFromClient) {
    try {
      for await (const chunk of from) {
        for (const piece of this.#cut(chunk)) {
          if (this.#isDead) return;
          if (isFromClient && (this.#left -= piece.length) < 0) {
            await this.#end();
            return;
          }
          if (!to.write(piece)) await once(to, 'drain');
        }
        if (this.faults.delay) {
          await sleep(this.random.below(this.faults.delay));
        }
      }
      to.end();
    } catch {
      to.destroy();
    }
  }

  *#cut(chunk) {
    if (!this.faults.splits) {
      yield chunk;
      return;
    }
    const longest = chunk.length < 2000 ? 1 : chunk.length >> 5;
    for (let at = 0; at < chunk.length;) {
      const end = at + this.random.between(1, longest);
      yield chunk.subarray(at, end);
      at = end;
    }
  }

  async #end() {
    switch (this.faults.end) {
      case 'reset':
        this.#isDead = true;
        this.near.resetAndDestroy();
        this.far.resetAndDestroy();
        return;
      case 'half-close':
        this.far.end();
        return;
      case 'drop':
        // Nothing arrives any more, until somebody gives up.
        this.#isDead = true;
        await sleep(100);
        this.near.destroy();
        this.far.destroy();
    }
  }
}
