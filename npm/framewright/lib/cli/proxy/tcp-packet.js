'use strict';

const net = require('net');

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const PSH = 0x08;
const ACK = 0x10;

const TCP = 6;
const TCP_HEADER_LENGTH = 20;
const HOP_LIMIT = 64;

/**
 * The IP and TCP headers of a packet as it could have been on the wire.
 *
 * @param {Object} from The sender's `address` and `port`
 * @param {Object} to The receiver's, of the same family
 * @param {Object} fields `flags`, `sequence`, `acknowledged`
 * @param {Buffer} payload What the segment carries
 * @return {Buffer[]} The headers and the payload
 */
function tcpPacket(from, to, fields, payload) {
  const source = bytesOf(from.address);
  const target = bytesOf(to.address);
  const tcp = tcpHeader(from.port, to.port, fields);
  const length = TCP_HEADER_LENGTH + payload.length;

  tcp.writeUInt16BE(
    checksum([source, target, u16(TCP), u16(length), tcp, payload]),
    16
  );

  return [ipHeader(source, target, length), tcp, payload];
}

function tcpHeader(fromPort, toPort, { acknowledged, flags, sequence }) {
  const header = Buffer.alloc(TCP_HEADER_LENGTH);

  header.writeUInt16BE(fromPort, 0);
  header.writeUInt16BE(toPort, 2);
  header.writeUInt32BE(sequence, 4);
  header.writeUInt32BE(acknowledged, 8);
  header[12] = (TCP_HEADER_LENGTH / 4) << 4;
  header[13] = flags;
  header.writeUInt16BE(0xffff, 14);
  return header;
}

function ipHeader(source, target, length) {
  if (source.length === 16) {
    const header = Buffer.alloc(8);

    header[0] = 0x60;
    header.writeUInt16BE(length, 4);
    header[6] = TCP;
    header[7] = HOP_LIMIT;
    return Buffer.concat([header, source, target]);
  }

  const header = Buffer.alloc(12);

  header[0] = 0x45;
  header.writeUInt16BE(20 + length, 2);
  header[8] = HOP_LIMIT;
  header[9] = TCP;
  header.writeUInt16BE(checksum([header, source, target]), 10);
  return Buffer.concat([header, source, target]);
}

function bytesOf(address) {
  if (net.isIPv4(address)) return Buffer.from(address.split('.').map(Number));

  // The URL parser spells it in one way: hexadecimal, one run of zeros left out.
  const { hostname } = new URL(`http://[${address.replace(/%.*/, '')}]`);
  const [front, back = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((half) => half.split(':').filter(Boolean));
  const zeros = Array(8 - front.length - back.length).fill('0');

  return Buffer.concat(
    [...front, ...zeros, ...back].map((group) => u16(parseInt(group, 16)))
  );
}

/** RFC 1071; all parts but the last have even lengths. */
function checksum(parts) {
  let sum = 0;

  for (const part of parts) {
    for (let i = 0; i < part.length - 1; i += 2) {
      sum += (part[i] << 8) | part[i + 1];
    }

    if (part.length % 2 === 1) sum += part.at(-1) << 8;
  }

  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

function u16(value) {
  return Buffer.from([value >> 8, value & 0xff]);
}

module.exports = { ACK, FIN, PSH, RST, SYN, tcpPacket };
