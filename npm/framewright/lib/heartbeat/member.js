'use strict';

/** A connection that is watched, and what is known of its traffic. */
class Member {
  /**
   * @param {WebSocket} ws The connection, open
   * @param {Heartbeat} owner Who watches it
   * @param {Wheel} wheel What it is to be added to
   */
  constructor(ws, owner, wheel) {
    this.ws = ws;
    this.owner = owner;
    this.wheel = wheel;
    this.socket = ws._socket;
    /** How much it had read when it was last looked at, in bytes. */
    this.read = 0;
    /** The same for a socket that doesn't count what it reads. */
    this.onData = null;
    this.counted = 0;
    /** Where it is in the wheel. */
    this.slot = null;
    this.index = 0;
    /** The tick at which it is judged; -1 if no answer is awaited. */
    this.deadline = -1;
    /** When the last ping was sent, its number, and how long it took. */
    this.sentAt = 0;
    this.ping = -1;
    this.roundTrip = undefined;
    /** How much of its backlog had left when it was last looked at. */
    this.written = 0;
    this.queued = 0;

    if (typeof this.socket.bytesRead !== 'number') {
      this.onData = (chunk) => {
        this.counted += chunk.length;
      };
      this.socket.on('data', this.onData);
    }

    this.read = this.bytesRead();
  }

  /** @return {Number} How much has come on the connection, in bytes */
  bytesRead() {
    return this.onData === null ? this.socket.bytesRead : this.counted;
  }

  /**
   * @return {Boolean} Whether nobody reads the connection now, because the
   *     application has paused it or is too slow. Its peer may well be alive
   */
  isPaused() {
    return this.ws.isPaused === true || this.socket.isPaused();
  }

  /**
   * @return {Boolean} Whether a ping may still be queued after older data, and
   *     some of that has left since this was last called. A peer that is slow to
   *     read isn't dead
   */
  moves() {
    const { socket, queued, written } = this;

    this.remember();
    return (
      socket.writableLength > 0 &&
      (this.written !== written || this.queued !== queued)
    );
  }

  /** Remembers how much of what was sent has left. */
  remember() {
    const { socket } = this;

    this.written = socket.bytesWritten - socket.writableLength;
    this.queued = socket._handle?.writeQueueSize ?? 0;
  }

  /** Forgets the connection. */
  release() {
    if (this.onData !== null) this.socket.off('data', this.onData);
  }
}

module.exports = Member;
