/** Without a word for this long the line counts as dead (ms). */
const SILENCE_MS = 40_000;
/** A connection attempt that takes longer is given up (ms). */
const ATTEMPT_MS = 10_000;
/** Live for this long, it starts over with short delays (ms). */
const STEADY_MS = 5_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

/**
 * A WebSocket that comes back. Fires `message` with the parsed message as its
 * detail, `open` on each new connection, and `state` whenever `state` changes:
 *
 * - `connecting`
 * - `live`, from the server's first message on
 * - `waiting` until `retryAt` (ms since the epoch) for the next attempt
 */
export class LiveLine extends EventTarget {
  state = 'connecting';
  retryAt = 0;
  #url;
  #socket = null;
  #failures = 0;
  #liveSince = 0;
  #timer;

  constructor(url) {
    super();
    this.#url = url;
    addEventListener('online', () => this.retry());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.retry();
    });
  }

  connect() {
    this.#setState('connecting');
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      if (socket === this.#socket) this.dispatchEvent(new Event('open'));
    });
    socket.addEventListener('message', (event) => {
      if (socket === this.#socket) this.#receive(event.data);
    });
    socket.addEventListener('close', () => this.#lose(socket));
    this.#loseAfter(ATTEMPT_MS);
  }

  /** Sends `message`, or says no by returning false. */
  send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Doesn't wait any longer, if waiting is what it does. */
  retry() {
    if (this.state !== 'waiting') return;
    clearTimeout(this.#timer);
    this.connect();
  }

  #receive(text) {
    if (this.state !== 'live') this.#liveSince = Date.now();
    this.#loseAfter(SILENCE_MS);
    this.#setState('live');
    const detail = JSON.parse(text);
    this.dispatchEvent(new CustomEvent('message', { detail }));
  }

  /** Browsers can take minutes to notice a dead line: we go by the silence. */
  #loseAfter(ms) {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#timer = setTimeout(() => this.#lose(socket), ms);
  }

  #lose(socket) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    socket.close();
    if (this.state === 'live' && Date.now() - this.#liveSince > STEADY_MS) {
      this.#failures = 0;
    }

    // Half of the delay is left to chance, so that the clients of a server
    // that went down don't all come back in the same moment.
    const delay = Math.min(
      LONGEST_DELAY_MS,
      FIRST_DELAY_MS * 2 ** this.#failures
    );
    const ms = delay * (0.5 + Math.random() / 2);
    this.#failures += 1;
    this.retryAt = Date.now() + ms;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.connect(), ms);
    this.#setState('waiting');
  }

  #setState(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event('state'));
  }
}
