/** Writes the live stream (LIVE.md). */

import { RecordType } from './decoder.js';

const utf8 = new TextEncoder();
const NONE = new Uint8Array(0);

/** "FWLV" and the version. */
export const PREAMBLE = Uint8Array.of(0x46, 0x57, 0x4c, 0x56, 1);

export class LiveEncoder {
  #time = 0;

  /** The stream's first record; `unixUs` is the wall clock at time 0. */
  start(unixUs, source) {
    return record(RecordType.START, [varint(unixUs), utf8.encode(source)]);
  }

  open(time, conn, { flags = 0, peer = '', request = NONE, response = NONE }) {
    return this.#timed(RecordType.OPEN, time, [
      varint(conn),
      [flags],
      ...counted(utf8.encode(peer)),
      ...counted(request),
      ...counted(response)
    ]);
  }

  chunk(time, conn, isOut, octets) {
    const type = isOut ? RecordType.CHUNK_OUT : RecordType.CHUNK_IN;
    return this.#timed(type, time, [varint(conn), octets]);
  }

  gap(time, conn, isOut, lost, resumeOffset = null) {
    return this.#timed(RecordType.GAP, time, [
      varint(conn),
      [isOut ? 1 : 0],
      varint(lost),
      varint(resumeOffset === null ? 0 : resumeOffset + 1)
    ]);
  }

  close(time, conn, by = 0) {
    return this.#timed(RecordType.CLOSE, time, [varint(conn), [by]]);
  }

  drops(time, chunks, octets) {
    return this.#timed(RecordType.DROPS, time, [
      varint(chunks),
      varint(octets)
    ]);
  }

  tick(time) {
    return this.#timed(RecordType.TICK, time, []);
  }

  /** `time` is in ns since the start and never goes back. */
  #timed(type, time, parts) {
    const dt = time - this.#time;
    if (dt < 0) throw new RangeError('time goes back');
    this.#time = time;
    return record(type, [varint(dt), ...parts]);
  }
}

function record(type, parts) {
  const len = parts.reduce((sum, part) => sum + part.length, 0);
  return join([[type], varint(len), ...parts]);
}

function counted(octets) {
  return [varint(octets.length), octets];
}

function varint(value) {
  const octets = [];
  while (value >= 128) {
    octets.push((value % 128) | 0x80);
    value = Math.floor(value / 128);
  }
  octets.push(value);
  return octets;
}

function join(parts) {
  const len = parts.reduce((sum, part) => sum + part.length, 0);
  const octets = new Uint8Array(len);
  let at = 0;
  for (const part of parts) {
    octets.set(part, at);
    at += part.length;
  }
  return octets;
}
