'use strict';

const PcapngWriter = require('./pcapng-writer');
const { ACK, FIN, PSH, RST, SYN, tcpPacket } = require('./tcp-packet');

/** The most bytes in a segment: with its headers it fits into a packet. */
const MAX_SEGMENT_LENGTH = 60_000;

const NOTHING = Buffer.alloc(0);

/**
 * Records connections as pcapng. The proxy sees no packets, so they are made up
 * around the bytes: TCP's handshake, segments in order, and the end.
 *
 * crates/capture exports the same format, from a whole capture in memory. This
 * writes while connections are open, keeps nothing that is written, and doesn't
 * need @framewright/inspector, which has that crate's build.
 */
class Recording {
  #isBroken = false;
  #stream;
  #waiting = [];
  #writer;

  /** How many packets it has. */
  packets = 0;

  /**
   * @param {Writable} stream Where the file goes
   * @param {String} application Who writes it
   */
  constructor(stream, application) {
    this.#stream = stream;
    this.#writer = new PcapngWriter(stream, application);

    stream.on('drain', () => this.#goOn());
    stream.on('error', () => {
      this.#isBroken = true;
      this.#goOn();
    });
  }

  /**
   * @param {Socket} client The client's socket, at the server
   * @return {Flow} What records its bytes
   */
  open(client) {
    const { localAddress, localPort, remoteAddress, remotePort } = client;

    return new Flow(
      this,
      { address: plain(remoteAddress), port: remotePort },
      { address: plain(localAddress), port: localPort }
    );
  }

  /** @private */
  packet(...args) {
    if (this.#isBroken) return;
    this.packets++;
    this.#writer.packet(tcpPacket(...args), now());
  }

  /**
   * Calls back when there may be more.
   *
   * @private
   */
  whenReady(cb) {
    if (this.#stream.writableNeedDrain && !this.#isBroken) {
      this.#waiting.push(cb);
    } else {
      cb();
    }
  }

  #goOn() {
    for (const cb of this.#waiting.splice(0)) cb();
  }
}

/** One recorded TCP connection. */
class Flow {
  #isOver = false;
  #recording;
  /** The next sequence numbers of the client and the server. */
  #sequences = [0, 0];
  #sides;

  constructor(recording, client, server) {
    this.#recording = recording;
    this.#sides = [client, server];
    this.#send(0, SYN);
    this.#send(1, SYN | ACK);
    this.#send(0, ACK);
  }

  /**
   * @param {Boolean} isOut Whether the bytes go to the client
   * @param {Buffer} bytes The bytes
   */
  write(isOut, bytes) {
    for (let at = 0; at < bytes.length; at += MAX_SEGMENT_LENGTH) {
      const segment = bytes.subarray(at, at + MAX_SEGMENT_LENGTH);

      this.#send(isOut ? 1 : 0, PSH | ACK, segment);
    }
  }

  /**
   * @param {Function} cb Called when there may be more
   */
  whenReady(cb) {
    this.#recording.whenReady(cb);
  }

  /**
   * @param {Boolean} isOut Which direction ends
   */
  end(isOut) {
    this.#send(isOut ? 1 : 0, FIN | ACK);
  }

  /**
   * @param {Boolean} isOut Which side resets the connection
   */
  reset(isOut) {
    if (!this.#isOver) this.#send(isOut ? 1 : 0, RST | ACK);
    this.#isOver = true;
  }

  #send(side, flags, bytes = NOTHING) {
    if (this.#isOver) return;

    const sequence = this.#sequences[side];
    const acknowledged = flags & ACK ? this.#sequences[1 - side] : 0;
    const length = bytes.length + (flags & (SYN | FIN) ? 1 : 0);

    this.#sequences[side] = (sequence + length) % 2 ** 32;
    this.#recording.packet(
      this.#sides[side],
      this.#sides[1 - side],
      { acknowledged, flags, sequence },
      bytes
    );
  }
}

/** An IPv4 address that is mapped to IPv6 becomes IPv4 again. */
function plain(address) {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** In ns since 1970. */
function now() {
  const us = Math.floor((performance.timeOrigin + performance.now()) * 1000);

  return BigInt(us) * 1000n;
}

module.exports = Recording;
