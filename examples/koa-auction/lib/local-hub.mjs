/**
 * Carries commands to every room that takes part in the auction, in one order
 * that is the same for all. Here the only room is the one in this process, so
 * a command is delivered before `publish` returns; rooms don't count on that.
 */
export class LocalHub {
  #listeners = new Set();

  /** @returns {() => void} ends the subscription */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(command) {
    for (const listener of this.#listeners) listener(command);
  }
}
