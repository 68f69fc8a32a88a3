// A session in every tunnel and on every link, wrapped by the test, with
// Wireshark as the oracle.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { buildFwcap, hasTshark, tsharkFrames } from './support/tools.mjs';
import { packet, pcapng, Relay, segments } from './support/wire.mjs';

const { WebSocket, WebSocketServer } = createRequire(import.meta.url)('ws');

const hex = (digits) => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const join2 = (...parts) => Buffer.concat(parts);

function be16(...numbers) {
  const bytes = Buffer.alloc(2 * numbers.length);

  numbers.forEach((number, index) => bytes.writeUInt16BE(number, 2 * index));
  return bytes;
}

function ethernet(kind, payload) {
  return join2(hex('020000000001 020000000002'), be16(kind), payload);
}

function ipv4(protocol, payload, { id = 1, fragment = 0 } = {}) {
  return join2(
    hex('4500'),
    be16(20 + payload.length, id, fragment),
    Buffer.from([64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]),
    payload
  );
}

function udp(port, payload) {
  return join2(be16(40000, port, 8 + payload.length, 0), payload);
}

// The same segment in IPv6.
function ipv6(packet) {
  const tcp = packet.subarray(34);
  const address = (last) => join2(hex('20010db8'), Buffer.alloc(11), last);

  return join2(
    hex('60000000'),
    be16(tcp.length),
    hex('0640'),
    address(packet.subarray(29, 30)),
    address(packet.subarray(33, 34)),
    tcp
  );
}

const overIp = (protocol, payload) => ethernet(0x0800, ipv4(protocol, payload));
const overUdp = (port, payload) => overIp(17, udp(port, payload));
const data80211 = hex('0802 0000 020000000001 020000000002 020000000003 0000');
const snap = hex('aaaa03000000 0800');

// Each takes a packet of IPv4 in Ethernet; the link type comes first.
const WAYS = {
  VLAN: [1, (p) => join2(p.subarray(0, 12), hex('8100 0007'), p.subarray(12))],
  'two VLANs': [
    1,
    (p) => join2(p.subarray(0, 12), hex('88a8 0001 8100 0007'), p.subarray(12))
  ],
  VXLAN: [1, (p) => overUdp(4789, join2(hex('08000000 00002a00'), p))],
  Geneve: [
    1,
    (p) => overUdp(6081, join2(hex('01006558 00002a00 01020301'), p))
  ],
  GRE: [1, (p) => overIp(47, join2(hex('0000 0800'), p.subarray(14)))],
  'GRE with key and sequence': [
    1,
    (p) => overIp(47, join2(hex('3000 6558 00000007 00000001'), p))
  ],
  'ERSPAN II': [
    1,
    (p) => overIp(47, join2(hex('1000 88be 00000001 1007000100000000'), p))
  ],
  'IP in IP': [1, (p) => overIp(4, p.subarray(14))],
  '6in4': [1, (p) => overIp(41, ipv6(p))],
  'GTP-U': [
    1,
    (p) =>
      overUdp(
        2152,
        join2(hex('30ff'), be16(p.length - 14), hex('00000007'), p.subarray(14))
      )
  ],
  'GTP-U with an extension': [
    1,
    (p) =>
      overUdp(
        2152,
        join2(
          hex('34ff'),
          be16(p.length - 14 + 8),
          hex('00000007 00000085 01 0009 00'),
          p.subarray(14)
        )
      )
  ],
  MPLS: [
    1,
    (p) => ethernet(0x8847, join2(hex('00010040 00020140'), p.subarray(14)))
  ],
  'Ethernet over MPLS': [
    1,
    (p) => ethernet(0x8847, join2(hex('00010140 00000000'), p))
  ],
  PPPoE: [
    1,
    (p) =>
      ethernet(
        0x8864,
        join2(
          hex('1100 0001'),
          be16(p.length - 12),
          hex('0021'),
          p.subarray(14)
        )
      )
  ],
  PPP: [9, (p) => join2(hex('ff03 0021'), p.subarray(14))],
  'Cisco HDLC': [104, (p) => join2(hex('0f00 0800'), p.subarray(14))],
  802.11: [105, (p) => join2(data80211, snap, p.subarray(14))],
  radiotap: [
    127,
    (p) => join2(hex('0000 0800 00000000'), data80211, snap, p.subarray(14))
  ],
  'raw IP': [101, (p) => p.subarray(14)]
};

describe('a tunnel', () => {
  let dir;
  let fwcap;
  let packets;
  let plain;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'framewright-tunnels-'));
    fwcap = buildFwcap();
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });

    server.on('connection', (ws) =>
      ws.on('message', (data, binary) => ws.send(data, { binary }))
    );
    await once(server, 'listening');
    const relay = new Relay();
    const port = await relay.listen(server.address().port);
    const ws = new WebSocket(`ws://127.0.0.1:${port}/`);

    await once(ws, 'open');
    for (const text of ['a', 'b'.repeat(200), 'c'.repeat(5000)]) {
      ws.send(text);
      await once(ws, 'message');
    }
    ws.close(1000);
    await once(ws, 'close');
    server.close();
    await relay.close();
    const [connection] = relay.connections;

    packets = segments(connection).map((segment) =>
      packet(segment, connection.clientPort, port)
    );
    plain = dump('plain', packets);
    assert.equal(plain.length, 8);
  });

  after(() => rmSync(dir, { recursive: true, force: true }));

  function dump(name, list, linkType = 1) {
    const file = join(dir, `${name.replace(/\W/g, '-')}.pcapng`);

    writeFileSync(file, pcapng(list, { linkType }));
    const lines = fwcap('dump', file).trim();

    return lines === ''
      ? []
      : lines.split('\n').map((line) => {
          const { payload, opcode, toServer, maskingKey } = JSON.parse(line);

          return { payload, opcode, toServer, maskingKey };
        });
  }

  for (const [name, [linkType, wrap]] of Object.entries(WAYS))
    it(`${name}: shows the same frames`, () => {
      const wrapped = packets.map((one) => wrap(one));

      assert.deepEqual(dump(name, wrapped, linkType), plain);
      // Without being told, Wireshark looks into no pseudowire.
      if (!hasTshark() || name === 'Ethernet over MPLS') return;
      const file = join(dir, `${name.replace(/\W/g, '-')}.pcapng`);
      const payloads = tsharkFrames(file).map(
        ({ websocket }) => websocket['websocket.payload_raw']?.[0] ?? ''
      );

      assert.deepEqual(
        payloads.sort(),
        plain.map(({ payload }) => payload).sort()
      );
    });

  it('of fragments: puts packets together, in any order', () => {
    const fragments = packets.flatMap((one, id) => {
      const payload = one.subarray(34);
      const header = (offset, more) => ({
        id: id + 1,
        fragment: offset / 8 + (more ? 0x2000 : 0)
      });
      const parts = [];

      for (let at = 0; at < payload.length; at += 400) {
        const part = payload.subarray(at, at + 400);
        const more = at + 400 < payload.length;
        const whole = ipv4(6, part, header(at, more));

        // The addresses of the session.
        one.copy(whole, 12, 26, 34);
        parts.push(ethernet(0x0800, whole));
      }
      return id % 2 ? parts.reverse() : parts;
    });

    assert.ok(fragments.length > packets.length);
    assert.deepEqual(dump('fragments', fragments), plain);
  });
});
