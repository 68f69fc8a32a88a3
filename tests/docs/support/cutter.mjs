// Something between clients and a server that cuts their connections.

import { EventEmitter, once } from 'node:events';
import net from 'node:net';

export class Cutter {
  /** How many connections there have been. */
  count = 0;

  #greetings = new EventEmitter();
  #isGreeted = false;
  #server;
  #sockets = new Set();

  /** @param {number} target The port of the server, on this machine */
  static async before(target) {
    const cutter = new Cutter();
    cutter.#server = net.createServer((near) => cutter.#join(near, target));
    cutter.#server.listen(0, '127.0.0.1');
    await once(cutter.#server, 'listening');
    return cutter;
  }

  get port() {
    return this.#server.address().port;
  }

  /** Resolves once the server has sent something after its handshake. */
  async greeted() {
    if (!this.#isGreeted) await once(this.#greetings, 'greeted');
  }

  cut() {
    for (const socket of this.#sockets) socket.destroy();
  }

  end() {
    this.cut();
    this.#server.close();
  }

  #join(near, target) {
    const far = net.connect(target, '127.0.0.1');
    this.count++;
    let head = '';
    far.on('data', (data) => {
      if (this.#isGreeted) return;
      head += data.toString('latin1');
      this.#isGreeted = /\r\n\r\n[^]/.test(head);
      if (this.#isGreeted) this.#greetings.emit('greeted');
    });
    for (const [one, other] of [
      [near, far],
      [far, near]
    ]) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on('error', () => {});
      one.on('close', () => this.#sockets.delete(one) && other.destroy());
    }
  }
}
