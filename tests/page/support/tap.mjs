import { once } from 'node:events';
import http from 'node:http';

import {
  LiveEncoder,
  PREAMBLE
} from '../../../npm/inspector/scripts/live-encoder.mjs';

/**
 * A tap with one connection on it, whose frames the test makes. It waits for
 * its watcher, so it drops nothing.
 */
export class Tap {
  #server;
  #response;
  #live;
  #time;

  static async listen() {
    const tap = new Tap();
    tap.#server = http.createServer((request, response) => {
      // The page comes from file://.
      response.setHeader('Access-Control-Allow-Origin', '*');
      tap.#response = response;
      tap.#live = new LiveEncoder();
      tap.#time = 0;
      response.write(PREAMBLE);
      response.write(tap.#live.start(1_767_225_600_000_000, 'a test'));
      response.write(tap.#live.open(0, 0, {}));
    });
    tap.#server.listen(0, '127.0.0.1');
    await once(tap.#server, 'listening');
    return tap;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/`;
  }

  /** Sends so many frames; the watcher must have come. */
  async send(frame, count) {
    for (let sent = 0; sent < count; sent++) {
      this.#time += 1000;
      const record = this.#live.chunk(this.#time, 0, true, frame);
      if (!this.#response.write(record)) await once(this.#response, 'drain');
    }
  }

  /** Sends what `write` makes with the encoder, at the next point in time. */
  tell(write) {
    this.#time += 1000;
    this.#response.write(write(this.#live, this.#time));
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
