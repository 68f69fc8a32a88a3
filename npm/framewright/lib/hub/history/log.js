'use strict';

const { compareIds } = require('./ids');

/** What is read at a time: how many entries, and about how many bytes. */
const PAGE = [256, 1024 * 1024];

/** When to read again after a failure while Redis is up, in ms. */
const RETRY_DELAY = 500;

/**
 * How far this process has got with a topic. Messages arrive as they are
 * published. Where one is missing, reading goes on in the topic's log, up to
 * its end.
 */
class Log {
  /**
   * @param {Object} keys See `keysOf()`
   * @param {HistoryLink} link What reads
   * @param {Function} onMessage Called with id and envelope of each, in order
   * @param {Function} onMissed Called where the next messages are no longer
   *     kept
   */
  constructor(keys, link, onMessage, onMissed) {
    this.keys = keys;
    this.link = link;
    this.onMessage = onMessage;
    this.onMissed = onMissed;
    this.isClosed = false;
    /** The last message delivered; null until the start is known. */
    this.position = null;
    /** The newest message heard of. */
    this.newest = null;
    /** The reading that is under way. */
    this.reading = null;
    this.isStale = false;
    /** Pages that are being read for others. */
    this.pages = new Map();
    this.whenPlaced = new Promise((resolve, reject) => {
      this.placed = resolve;
      this.abandoned = reject;
    });
    this.whenPlaced.catch(() => {});
  }

  /** @param {Error} reason The error for those who wait */
  close(reason) {
    this.isClosed = true;
    this.whyClosed = reason;
    this.abandoned(reason);
  }

  /**
   * Takes a message that comes as it is published: its id, that of the one
   * before it, and its envelope.
   *
   * @private
   */
  take(bytes) {
    if (this.isClosed) return;

    const first = bytes.indexOf(0x20);
    const second = bytes.indexOf(0x20, first + 1);
    const id = bytes.latin1Slice(0, first);
    const previous = bytes.latin1Slice(first + 1, second);

    this.newest = id;
    // The reading that is under way will come to it.
    if (this.position === null || this.reading !== null) return;
    if (previous === this.position) {
      this.deliver(id, bytes.subarray(second + 1));
    } else if (compareIds(id, this.position) > 0) this.catchUp();
  }

  /**
   * Reads on to the end.
   *
   * @return {Promise<void>} Resolved when it was there
   */
  catchUp() {
    this.isStale = true;
    this.reading ??= this.read();
    return this.reading;
  }

  /** @private */
  async read() {
    try {
      while (this.isStale && !this.isClosed) {
        this.isStale = false;
        await this.readPage();
      }
    } catch (err) {
      this.link.onReadError(err);
      this.retry();
    } finally {
      this.reading = null;
    }
  }

  /** @private */
  async readPage() {
    if (this.position === null) {
      const { last } = await this.link.read(this.keys, '0-0', [0, 0]);

      this.position = last;
      this.placed();
    } else {
      const { position } = this;
      const { entries, last } = await this.link.read(this.keys, position, PAGE);

      if (this.isClosed || this.position !== position) return;
      // The next entry follows the last one, unless some are no longer kept.
      if ((entries[0]?.previous ?? last) !== position) this.onMissed();
      if (entries.length === 0) this.position = last;

      for (const { envelope, id } of entries) this.deliver(id, envelope);

      if (this.position !== last) this.isStale = true;
    }

    if (this.newest !== null && compareIds(this.newest, this.position) > 0) {
      this.isStale = true;
    } else {
      this.newest = null;
    }
  }

  /**
   * Reads for a subscriber that hasn't got as far. Those who come back at the
   * same time, as after an outage, mostly want the same.
   *
   * @param {String} id The id to read after
   * @param {Number[]} limits How many entries, and about how many bytes
   * @return {Promise<Object>} See `HistoryLink.read()`, when Redis is there
   */
  async readAfter(id, limits) {
    for (;;) {
      if (this.isClosed) throw this.whyClosed;

      const key = `${id} ${limits}`;
      let page = this.pages.get(key);

      if (page === undefined) {
        page = this.link.read(this.keys, id, limits).finally(() => {
          this.pages.delete(key);
        });
        this.pages.set(key, page);
      }

      try {
        return await page;
      } catch (err) {
        this.link.onReadError(err);
        await delay();
      }
    }
  }

  /**
   * Waits until it has got as far as a message that exists.
   *
   * @param {String} id The message's id
   */
  async reach(id) {
    while (!this.isClosed && compareIds(id, this.position) > 0) {
      await this.catchUp();
      if (compareIds(id, this.position) > 0) await delay();
    }
  }

  /** @private Redis has answered with an error; else it is read when it is back. */
  retry() {
    setTimeout(() => {
      if (!this.isClosed && this.link.isReady) this.catchUp();
    }, RETRY_DELAY).unref();
  }

  /** @private */
  deliver(id, envelope) {
    this.position = id;
    this.onMessage(id, envelope);
  }
}

function delay() {
  return new Promise((resolve) => {
    setTimeout(resolve, RETRY_DELAY).unref();
  });
}

module.exports = { Log, PAGE };
