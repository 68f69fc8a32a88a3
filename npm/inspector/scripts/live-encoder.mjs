// Writes the live stream (LIVE.md) of made-up connections, for samples, tests and benchmarks: the server's own records,
// with times since the start instead of since the record before.
import records from '../../framewright/lib/tap/live-records.js';

const { MIDSTREAM, TLS } = records;

export const { PREAMBLE } = records;

export class LiveEncoder {
  #time = 0;

  /** The stream's first record; `unixUs` is the wall clock at time 0. */
  start(unixUs, source) {
    return records.start(unixUs, source);
  }

  open(time, id, { flags = 0, peer = '', request = '', response = '' }) {
    const about = { isTls: (flags & TLS) !== 0, peer, request, response };
    const how = { isMidstream: (flags & MIDSTREAM) !== 0, isTold: false };

    return records.open(this.#since(time), { id }, about, how);
  }

  chunk(time, id, isOut, bytes) {
    const header = Buffer.alloc(records.MAX_CHUNK_HEADER_LENGTH);
    const end = records.writeChunkHeader(
      ...[header, 0, isOut, this.#since(time), id, bytes.length]
    );

    return Buffer.concat([header.subarray(0, end), bytes]);
  }

  gap(time, id, isOut, lost, resumeOffset = null) {
    const resume = resumeOffset === null ? 0 : resumeOffset + 1;

    return records.gap(this.#since(time), { id }, isOut, lost, resume);
  }

  close(time, id, by = records.ClosedBy.UNKNOWN) {
    return records.close(this.#since(time), { id }, by);
  }

  drops(time, chunks, bytes) {
    return records.drops(this.#since(time), { chunks, bytes });
  }

  name(time, id, text) {
    return records.name(this.#since(time), { id }, text);
  }

  tick(time) {
    return records.tick(this.#since(time));
  }

  /** `time` is in ns since the start and never goes back. */
  #since(time) {
    const dt = time - this.#time;

    if (dt < 0) throw new RangeError('time goes back');
    this.#time = time;
    return dt;
  }
}
