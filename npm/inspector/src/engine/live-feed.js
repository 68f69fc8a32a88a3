import { LiveDecoder, RecordType } from '../live/decoder.js';

const CLOSED_BY_ERROR = 3;
/** The most bytes of handshakes that aren't part of their streams. */
const MAX_HANDSHAKES_LEN = 32 * 1024 * 1024;

/** Feeds an engine from a live stream (LIVE.md). */
export class LiveFeed {
  #engine;
  #decoder = new LiveDecoder();
  /** From the stream's connection numbers to the engine's. */
  #conns = new Map();
  /** Handshakes of connections that were open before, which the stream lacks. */
  #handshakes = new Map();
  #handshakesLen = 0;
  /** By the engine's number, the tap's. */
  #taps = new Map();
  /** Those whose compressed messages may refer to what nobody tells. */
  #untold = new Set();
  /** Where the next frame begins in each direction's next chunk, if known. */
  #resumes = new Map();

  /** Chunks and bytes that the tap dropped so far. */
  drops = { chunks: 0, bytes: 0 };
  source = '';

  constructor(engine) {
    this.#engine = engine;
  }

  /** @throws {import('../live/decoder.js').LiveStreamError} */
  push(bytes) {
    for (const record of this.#decoder.push(bytes)) this.#take(record);
  }

  /** Bytes at the end that make no whole record. */
  get pendingLen() {
    return this.#decoder.pendingLen;
  }

  /**
   * A handshake that isn't part of its connection's stream: `{ request,
   * response }`, each with `startLine` and `fields`, or null.
   */
  handshakeOf(conn) {
    return this.#handshakes.get(conn);
  }

  /** What is known of an open connection beside what the engine knows. */
  factsOf(conn) {
    return { tap: this.#taps.get(conn), isUntold: this.#untold.has(conn) };
  }

  #take(record) {
    const { type, time } = record;
    switch (type) {
      case RecordType.START:
        this.source = record.source;
        this.#engine.startClock(record.unixUs);
        break;
      case RecordType.OPEN:
        this.#open(record);
        break;
      case RecordType.CHUNK_IN:
      case RecordType.CHUNK_OUT:
        this.#chunk(record, type === RecordType.CHUNK_OUT);
        break;
      case RecordType.GAP: {
        const conn = this.#conns.get(record.conn);
        if (conn === undefined) break;
        this.#engine.gap(conn, record.isOut, record.lost, time);
        if (record.resumeOffset !== null)
          this.#resumes.set(key(conn, record.isOut), record.resumeOffset);
        break;
      }
      case RecordType.WINDOW: {
        const conn = this.#conns.get(record.conn);
        if (conn === undefined) break;
        const { after, isOut, text } = record;
        this.#engine.giveWindow(conn, isOut, after, text);
        break;
      }
      case RecordType.MARK: {
        const conn = this.#conns.get(record.conn);
        if (conn === undefined) break;
        this.#engine.mark(conn, record.isOut, record.how, record.len);
        break;
      }
      case RecordType.CLOSE: {
        const conn = this.#conns.get(record.conn);
        if (conn === undefined) break;
        const isReset = record.by === CLOSED_BY_ERROR;
        this.#engine.end(conn, false, isReset, time);
        this.#engine.end(conn, true, isReset, time);
        this.#conns.delete(record.conn);
        this.#taps.delete(conn);
        break;
      }
      case RecordType.NAME: {
        const conn = this.#conns.get(record.conn);
        if (conn !== undefined) this.#engine.name(conn, record.name);
        break;
      }
      case RecordType.DROPS:
        this.drops = { chunks: record.chunks, bytes: record.bytes };
        break;
    }
  }

  #open({ conn, time, isMidstream, isTold, isTls, peer, request, response }) {
    const hasHeads = request.length > 0;
    const start = isMidstream ? 2 : hasHeads ? 0 : 1;
    const id = this.#engine.openConnection(
      start,
      peer,
      '',
      // Of a handshake that is shown, it is known anyway.
      isTls || isMidstream ? url(request, isTls) : undefined,
      time
    );
    if (id < 0) return;
    this.#conns.set(conn, id);
    this.#taps.set(id, conn);
    if (isMidstream && !isTold && hasTakeover(response)) this.#untold.add(id);
    this.#handshakesLen += isMidstream ? request.length + response.length : 0;
    if (isMidstream && this.#handshakesLen <= MAX_HANDSHAKES_LEN)
      this.#handshakes.set(id, {
        request: headFrom(request),
        response: headFrom(response)
      });
    if (start !== 0) return;
    this.#engine.push(id, false, request, time);
    if (response.length > 0) this.#engine.push(id, true, response, time);
  }

  #chunk({ conn, time, bytes }, isOut) {
    const id = this.#conns.get(conn);
    if (id === undefined) return;
    const resume = this.#resumes.get(key(id, isOut)) ?? 0;
    if (resume > 0) {
      this.#resumes.delete(key(id, isOut));
      this.#engine.push(id, isOut, bytes.subarray(0, resume), time);
      bytes = bytes.subarray(resume);
    }
    if (bytes.length > 0) this.#engine.push(id, isOut, bytes, time);
  }
}

function key(conn, isOut) {
  return conn * 2 + (isOut ? 1 : 0);
}

/** Whether messages may refer to those before (RFC 7692), by the response. */
function hasTakeover(response) {
  const text = new TextDecoder().decode(response).toLowerCase();
  const without = ['client', 'server'].filter((side) =>
    text.includes(`${side}_no_context_takeover`)
  );
  return text.includes('permessage-deflate') && without.length < 2;
}

function headFrom(bytes) {
  if (bytes.length === 0) return null;
  const [startLine, ...lines] = new TextDecoder().decode(bytes).split('\r\n');
  const fields = lines
    .map((line) => /^([^:]+):(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, name, value]) => ({ name, value: value.trim() }));
  return { startLine, fields };
}

/** The URL that was asked for. */
function url(request, isTls) {
  const text = new TextDecoder().decode(request);
  const target = text.split(' ', 2)[1];
  const host = /^host:[ \t]*(\S+)/im.exec(text)?.[1];
  return target && host
    ? `ws${isTls ? 's' : ''}://${host}${target}`
    : undefined;
}
