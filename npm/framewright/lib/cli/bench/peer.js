'use strict';

const { fork } = require('child_process');
const path = require('path');

const SERVER = path.join(__dirname, 'server.js');

/** A server process to be measured. */
class Peer {
  #child;
  #fail;
  #receive;

  /**
   * @param {String} name `ws` or `framewright`
   * @param {String} ws The directory of the copy of ws
   * @return {Promise<Peer>} Listening
   * @throws {Error} If the server can't be what its name says
   */
  static async start(name, ws) {
    const peer = new Peer(name, ws);
    const { ports, problem } = await peer.#next();

    if (problem) {
      peer.stop();
      throw new Error(problem);
    }

    peer.ports = ports;
    return peer;
  }

  /** @private */
  constructor(name, ws) {
    this.name = name;
    // Addons that ws would load if they are there aren't part of the
    // comparison.
    this.#child = fork(SERVER, [ws, name], {
      env: {
        ...process.env,
        WS_NO_BUFFER_UTIL: '1',
        WS_NO_UTF_8_VALIDATE: '1'
      }
    });
    this.#child.on('message', (message) => this.#receive(message));
    this.#child.on('exit', () => {
      this.#fail?.(new Error(`the server for ${name} ended`));
    });
  }

  /** The CPU time that it has used, in µs. */
  async cpu() {
    this.#child.send('cpu');
    return (await this.#next()).cpu;
  }

  stop() {
    this.#child.disconnect();
  }

  #next() {
    return new Promise((resolve, reject) => {
      this.#receive = resolve;
      this.#fail = reject;
    });
  }
}

module.exports = Peer;
