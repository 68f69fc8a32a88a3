'use strict';

const records = require('./live-records');
const { MAX_PIECE_LENGTH } = require('./live-records');
const SlabQueue = require('./slab-queue');
const View = require('./view');

/** Chunks up to this length lie in one slab, whole. */
const MAX_SHORT_LENGTH = 16 * 1024;

/**
 * The shortest time between two writes of a slab, in ms. That limits what a
 * watcher costs the tapped process, however much there is to see.
 */
const FLUSH_INTERVAL = 10;

/** The most bytes that the records of a connection's start add to its own. */
const MAX_START_OVERHEAD = 4096;

/** How often drops are reported, in ms. */
const REPORT_INTERVAL = 1000;

/** How long the stream may be silent, in ms. */
const MAX_SILENCE = 4000;

/** A gap's `resume`: nobody here looks into frames, so it isn't known. */
const UNKNOWN = 0;

/**
 * One reader of the live stream. What doesn't fit into its queue is dropped,
 * counted and told; nobody ever waits for it.
 */
class Watcher {
  #bufferLength;
  #drops = { chunks: 0, bytes: 0 };
  #droppedTold = 0;
  #header = Buffer.alloc(records.MAX_CHUNK_HEADER_LENGTH);
  #isDropping = false;
  #isStopped = false;
  #isWriting = false;
  #queue = new SlabQueue();
  #reporter;
  #sentAt;
  #sink;
  #start = performance.now();
  #time = 0;
  #timer = null;

  /**
   * @param {Writable} sink Where the stream goes
   * @param {Object} options The options
   * @param {Number} options.bufferLength How many bytes may wait for the sink
   * @param {String} options.source A name to show
   */
  constructor(sink, { bufferLength, source }) {
    this.#bufferLength = bufferLength;
    this.#sentAt = this.#start;
    this.#sink = sink;
    this.#reporter = setInterval(() => this.#report(), REPORT_INTERVAL);
    this.#reporter.unref();
    this.#put(records.PREAMBLE);
    this.#put(records.start(Date.now() * 1000, source));
  }

  /**
   * Takes up a connection, and announces it if there is room for that.
   *
   * @param {Connection} connection The connection
   * @param {Boolean} isMidstream Whether it was open before
   * @return {View} What is kept about it here
   */
  view(connection, isMidstream) {
    const view = new View(this, connection);

    this.#announce(view, isMidstream);
    return view;
  }

  /**
   * Copies bytes of a connection.
   *
   * @param {View} view The connection's
   * @param {Boolean} isOut Whether they go from the server to the client
   * @param {Buffer} bytes As they are on the wire
   */
  chunk(view, isOut, bytes) {
    const { length } = bytes;

    if (length > MAX_SHORT_LENGTH) {
      this.#putPieces(view, isOut, bytes);
    } else if (!this.#hasRoom(length + records.MAX_CHUNK_OVERHEAD)) {
      this.#drop(view, isOut, length);
    } else if (view.isBehind) {
      this.#putPieces(view, isOut, bytes);
    } else {
      this.#putShortChunk(view, isOut, bytes);
    }
  }

  /**
   * Tells the application's name for a connection.
   *
   * @param {View} view The connection's
   */
  tellName(view) {
    const { name } = view.connection;

    // A connection that isn't announced yet gets its name with that.
    if (name === '' || !view.isAnnounced || this.#isStopped) return;
    this.#put(records.name(this.#elapse(), view, name));
  }

  /**
   * Whether so many bytes can be told of a connection's start.
   *
   * @param {View} view The connection's
   * @param {Number} length How many
   */
  hasRoomFor(view, length) {
    if (this.#hasRoom(length + MAX_START_OVERHEAD)) return true;

    this.#drops.chunks++;
    this.#drops.bytes += length;
    return false;
  }

  /**
   * Tells what messages may refer to.
   *
   * @param {View} view The connection's
   * @param {Boolean} isOut Whether they go from the server to the client
   * @param {Number} after How many bytes come before the first of them
   * @param {Buffer} text The text before them
   * @return {Boolean} Whether there was room
   */
  tellWindow(view, isOut, after, text) {
    if (this.#isStopped) return true;
    if (!this.#hasRoom(text.length + records.MAX_CHUNK_OVERHEAD)) return false;

    this.#put(records.window(this.#elapse(), view, isOut, after, text));
    return true;
  }

  /**
   * Tells other bytes in place of those that were sent before, with the same
   * meaning.
   *
   * @param {View} view The connection's
   * @param {Boolean} isOut Which way it goes
   * @param {Buffer[]} frames Frames that say the same
   */
  tellRebuilt(view, isOut, frames) {
    if (this.#isStopped) return;

    const bytes = Buffer.concat(frames);

    this.tellMark(view, isOut, records.Marked.REBUILT, bytes.length);
    this.#putAll(view, isOut, bytes);
  }

  /**
   * Tells that the next bytes didn't come from the sender.
   *
   * @param {View} view The connection's
   * @param {Boolean} isOut Which way they go
   * @param {Number} how One of `Marked`
   * @param {Number} length How many they are
   */
  tellMark(view, isOut, how, length) {
    if (!view.isAnnounced || !this.#hasRoom(records.MAX_CHUNK_OVERHEAD)) return;
    this.#put(records.mark(this.#elapse(), view, isOut, how, length));
  }

  /**
   * Shows a chunk that came before.
   *
   * @param {View} view The connection's
   * @param {Buffer} bytes What the client sent
   */
  tellUnread(view, bytes) {
    if (!this.#isStopped) this.#putAll(view, false, bytes);
  }

  #putAll(view, isOut, bytes) {
    for (let start = 0; start < bytes.length; start += MAX_PIECE_LENGTH) {
      this.#putPiece(
        view,
        isOut,
        bytes.subarray(start, start + MAX_PIECE_LENGTH)
      );
    }
  }

  /**
   * Tells that a connection is closed. There is always room for that:
   * announcing it took more.
   *
   * @param {View} view The connection's
   * @param {Number} by Who closed it, as in the record
   */
  close(view, by) {
    if (!view.isAnnounced) return;
    view.start?.end();
    if (view.lostIn > 0) this.#putGap(view, false);
    if (view.lostOut > 0) this.#putGap(view, true);
    this.#put(records.close(this.#elapse(), view, by));
  }

  /** Ends the stream after what is in the queue. */
  end() {
    this.stop();

    for (let bytes; (bytes = this.#queue.take()) !== null;) {
      this.#sink.write(bytes);
    }

    this.#sink.end();
  }

  /** Stops; the sink may be gone. */
  stop() {
    this.#isStopped = true;
    clearInterval(this.#reporter);
    clearTimeout(this.#timer);
  }

  /**
   * Whether so many bytes may be put. Once they may not, a good part of the
   * queue has to go first: long stretches with everything in them, and few
   * gaps, say more than a chunk here and there.
   */
  #hasRoom(length) {
    const limit = this.#isDropping
      ? this.#bufferLength / 2
      : this.#bufferLength;

    this.#isDropping = this.#queue.length + length > limit;
    return !this.#isDropping;
  }

  /** The time since the record before, in ns. To be called once a record. */
  #elapse() {
    const time = Math.floor((performance.now() - this.#start) * 1e6);
    const dt = time - this.#time;

    this.#time = time;
    return dt;
  }

  #announce(view, isMidstream) {
    const { connection } = view;
    const { about } = connection;

    if (!this.#hasRoom(records.openLength(about))) return;

    view.isAnnounced = true;
    if (isMidstream) view.start = connection.startOf(view);
    view.isBehind = view.start !== null;

    const isTold = !connection.hasHistory || view.start?.isTold === true;

    this.#put(
      records.open(this.#elapse(), view, about, { isMidstream, isTold })
    );
    this.tellName(view);
  }

  /** Most chunks are short, and this is what a watcher costs. */
  #putShortChunk({ id }, isOut, bytes) {
    const dt = this.#elapse();
    const { length } = bytes;
    const queue = this.#queue;
    const at = queue.reserve(length + records.MAX_CHUNK_HEADER_LENGTH);
    const { slab } = queue;
    const after = records.writeChunkHeader(slab, at, isOut, dt, id, length);

    slab.set(bytes, after);
    queue.add(after + length);
    this.#schedule();
  }

  #putPieces(view, isOut, bytes) {
    // A connection that couldn't be announced for lack of room is announced at
    // its next chunk.
    if (!view.isAnnounced) this.#announce(view, true);
    if (view.isAnnounced && !this.#begin(view, isOut, bytes)) return;

    for (let start = 0; start < bytes.length; start += MAX_PIECE_LENGTH) {
      const piece = bytes.subarray(start, start + MAX_PIECE_LENGTH);

      if (
        view.isAnnounced &&
        this.#hasRoom(piece.length + records.MAX_CHUNK_OVERHEAD)
      ) {
        if (isOut ? view.lostOut > 0 : view.lostIn > 0) {
          this.#putGap(view, isOut);
        }

        this.#putPiece(view, isOut, piece);
      } else {
        this.#drop(view, isOut, piece.length);
      }
    }
  }

  /** Whether a chunk can be shown: what comes before it is told. */
  #begin(view, isOut, bytes) {
    const { start } = view;

    if (start === null) return true;

    const isAdmitted = start.admits(isOut, bytes);

    if (start.isOver) {
      view.start = null;
      view.isBehind = view.lostIn > 0 || view.lostOut > 0;
    }

    return isAdmitted;
  }

  #putPiece({ id }, isOut, bytes) {
    const dt = this.#elapse();
    const header = this.#header;
    const { length } = bytes;

    this.#queue.put(
      header,
      0,
      records.writeChunkHeader(header, 0, isOut, dt, id, length)
    );
    this.#put(bytes);
  }

  #putGap(view, isOut) {
    const lost = view.takeLost(isOut);

    this.#put(records.gap(this.#elapse(), view, isOut, lost, UNKNOWN));
  }

  #drop(view, isOut, length) {
    this.#drops.chunks++;
    this.#drops.bytes += length;
    view.lose(isOut, length);
  }

  #report() {
    const { chunks } = this.#drops;

    if (chunks > this.#droppedTold) {
      this.#droppedTold = chunks;
      this.#put(records.drops(this.#elapse(), this.#drops));
    } else if (performance.now() - this.#sentAt > MAX_SILENCE) {
      this.#put(records.tick(this.#elapse()));
    }
  }

  #put(bytes) {
    this.#queue.put(bytes);
    this.#schedule();
  }

  #schedule() {
    if (this.#timer !== null || this.#isWriting || this.#isStopped) return;
    this.#timer = setTimeout(() => this.#flush(), FLUSH_INTERVAL);
  }

  #flush() {
    const bytes = this.#queue.take();

    this.#timer = null;
    this.#isWriting = true;
    this.#sentAt = performance.now();
    this.#sink.write(bytes, () => {
      this.#isWriting = false;
      this.#queue.release(bytes);
      if (!this.#queue.isEmpty) this.#schedule();
    });
  }
}

module.exports = Watcher;
