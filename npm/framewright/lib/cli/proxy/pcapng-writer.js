'use strict';

/** Block types, and the values of their fields, as in the pcapng draft. */
const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const NO_LENGTH = Buffer.alloc(8, 0xff);

/** Packets begin with their IP header. */
const LINKTYPE_RAW = 101;

const OPT_END = 0;
const OPT_USER_APPLICATION = 4;
const OPT_TIME_RESOLUTION = 9;

/** Times are in units of 10^-9 s. */
const NANOSECONDS = 9;

/**
 * Writes a pcapng file, little-endian, block by block.
 */
class PcapngWriter {
  #stream;

  /**
   * @param {Writable} stream Where the file goes
   * @param {String} application Who writes it
   */
  constructor(stream, application) {
    this.#stream = stream;
    this.#write(
      SECTION_HEADER,
      u32(BYTE_ORDER_MAGIC),
      Buffer.from([1, 0, 0, 0]),
      NO_LENGTH,
      option(OPT_USER_APPLICATION, Buffer.from(application)),
      option(OPT_END)
    );
    this.#write(
      INTERFACE_DESCRIPTION,
      Buffer.from([LINKTYPE_RAW, 0, 0, 0]),
      u32(0),
      option(OPT_TIME_RESOLUTION, Buffer.from([NANOSECONDS])),
      option(OPT_END)
    );
  }

  /**
   * @param {Buffer[]} parts The packet, with its IP header
   * @param {BigInt} time When it was seen, in ns since 1970
   */
  packet(parts, time) {
    const length = lengthOf(parts);
    const head = Buffer.alloc(20);

    head.writeUInt32LE(Number(time >> 32n), 4);
    head.writeUInt32LE(Number(time & 0xffffffffn), 8);
    head.writeUInt32LE(length, 12);
    head.writeUInt32LE(length, 16);
    this.#write(ENHANCED_PACKET, head, ...parts, padding(length));
  }

  #write(type, ...parts) {
    const length = u32(lengthOf(parts) + 12);

    this.#stream.write(Buffer.concat([u32(type), length, ...parts, length]));
  }
}

function option(code, value = Buffer.alloc(0)) {
  const head = Buffer.alloc(4);

  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value, padding(value.length)]);
}

function padding(length) {
  return Buffer.alloc(-length & 3);
}

function u32(value) {
  const bytes = Buffer.alloc(4);

  bytes.writeUInt32LE(value);
  return bytes;
}

function lengthOf(parts) {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

module.exports = PcapngWriter;
