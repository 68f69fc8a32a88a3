import { randomUUID } from 'node:crypto';

const TOPIC = 'state';

/** Each process tells how things stand there at least this often, in ms. */
const INTERVAL_MS = 2_000;

/** One that has said nothing for so long is gone, in ms. */
const SILENCE_MS = 10_000;

/**
 * Tells the other processes how things stand in this one, and hears from them.
 *
 * What is told is always everything, so it doesn't matter when one of them has
 * missed something, has just started, or was cut off for a while.
 */
export class Exchange {
  #hub;
  #id = randomUUID();
  #from;
  #heardAt = new Map();
  #room;
  #end;
  #timer;
  #tell = () => this.tell();

  /**
   * @param {import('framewright/broadcast').Hub} hub
   * @param {boolean} hasHistory whether it keeps what was told lately
   */
  constructor(hub, hasHistory = false) {
    this.#hub = hub;
    if (hasHistory) this.#from = { after: '0-0' };
  }

  /**
   * @param {object} room
   * @param {() => object} room.state how things stand here
   * @param {(process: string, state: object) => void} room.hear
   * @param {(process: string) => void} room.miss another process is gone
   */
  open(room) {
    this.#room = room;
    const receive = (data) => this.#receive(data);
    this.#end = this.#hub.subscribe(TOPIC, receive, this.#from);
    this.#hub.on('shared', this.#tell);
    this.#timer = setInterval(() => {
      this.tell();
      this.#look();
    }, INTERVAL_MS);
    this.tell();
  }

  tell() {
    if (!this.#hub.isShared) return;
    const message = { process: this.#id, ...this.#room.state() };
    this.#hub.publish(TOPIC, JSON.stringify(message));
  }

  close() {
    clearInterval(this.#timer);
    this.#hub.off('shared', this.#tell);
    this.#end();
  }

  #receive(data) {
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      console.warn('Not from an auction: a message on the topic of its state');
      return;
    }
    const { process, ...state } = message;
    if (process === this.#id) return;
    this.#heardAt.set(process, performance.now());
    this.#room.hear(process, state);
  }

  #look() {
    for (const [process, at] of this.#heardAt) {
      if (performance.now() - at < SILENCE_MS) continue;
      this.#heardAt.delete(process);
      this.#room.miss(process);
    }
  }
}
