// TLS, with Wireshark as the oracle: connections of Node's TLS and stock ws,
// of every version and suite that both know, resumed or not, as captured in
// order, out of order and with losses.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { random } from './support/corpus.mjs';
import { converseOverTls, kinds, startTlsServer } from './support/tls.mjs';
import { packet, pcapng, segments } from './support/wire.mjs';
import { converseByOpenssl, hasOpenssl } from './support/openssl.mjs';
import { ours, theirs } from './support/frames.mjs';
import { buildFwcap, hasTshark, tsharkFrames } from './support/tools.mjs';

const skip = hasTshark() ? false : 'tshark is missing: apt-get install tshark';

// Lengths on both sides of every length form, and one of several records.
const texts = ['a', 'b'.repeat(126), 'c'.repeat(3000), 'd'.repeat(70_000)];

describe('TLS', () => {
  let dir;
  let fwcap;
  let connections;
  let secrets;
  let serverPort;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'framewright-tls-'));
    fwcap = buildFwcap();
    const server = await startTlsServer();

    serverPort = server.port;
    const all = [];

    try {
      for (const kind of kinds) {
        const first = await converseOverTls(server, kind, undefined, texts);
        const again = await converseOverTls(server, kind, first.session, texts);

        assert.ok(!first.isReused && again.isReused, JSON.stringify(kind));
        all.push(first, again);
      }
    } finally {
      await server.close();
    }
    connections = server.relay.connections;
    secrets = all.map((one) => one.secrets).join('');
    assert.equal(connections.length, all.length);
  });

  after(() => rmSync(dir, { recursive: true, force: true }));

  // Writes a capture of all connections, as `captured` makes it of each one's
  // segments.
  function write(name, captured, options = { secrets }) {
    const file = join(dir, name);
    const packets = connections.flatMap((connection, index) =>
      captured(segments(connection), index).map((segment) =>
        packet(segment, connection.clientPort, serverPort)
      )
    );

    writeFileSync(file, pcapng(packets, options));
    return file;
  }

  function dump(file, env) {
    const lines = fwcap.withEnv(env, 'dump', file).trim();

    return lines === '' ? [] : lines.split('\n').map(JSON.parse);
  }

  // Frames by connection and direction.
  function ourLanes(file, env) {
    return lanesOf(
      dump(file, env).map((frame) => [frame, ours(frame)]),
      [({ conn, toServer }) => `${conn} ${toServer}`]
    );
  }

  function theirLanes(file) {
    const ports = connections.map(({ clientPort }) => String(clientPort));
    const frames = tsharkFrames(file).map(({ websocket, tcp }) => {
      const isFromClient = tcp['tcp.dstport'] === String(serverPort);
      const port = tcp[isFromClient ? 'tcp.srcport' : 'tcp.dstport'];
      const frame = theirs({ websocket, tcp }, port);

      return [{ conn: ports.indexOf(port), toServer: isFromClient }, frame];
    });

    return lanesOf(frames, [({ conn, toServer }) => `${conn} ${toServer}`]);
  }

  function lanesOf(frames, [key]) {
    const lanes = new Map();

    for (const [where, frame] of frames) {
      if (!lanes.has(key(where))) lanes.set(key(where), []);
      lanes.get(key(where)).push(frame);
    }
    return lanes;
  }

  const inOrder = (list) => list;

  // Swaps neighbours and repeats some, in a way that a receiver puts right.
  const shuffled = (list, index) => {
    const next = random(index);
    const out = [...list];

    for (let at = 4; at + 1 < out.length; at++) {
      if (next() < 0.2) [out[at], out[at + 1]] = [out[at + 1], out[at]];
      if (next() < 0.05) out.splice(at, 0, out[at]);
    }
    return out;
  };

  it('shows every frame of every version and suite', () => {
    const file = write('in-order.pcapng', inOrder);
    const lanes = ourLanes(file);

    assert.equal(lanes.size, connections.length * 2);
    for (const [lane, frames] of lanes) {
      // Four messages, a ping or pong, a close.
      assert.equal(frames.length, 6, lane);
      assert.deepEqual(
        frames.map(({ opcode }) => opcode),
        [1, 1, 1, 1, lane.endsWith('true') ? 9 : 10, 8]
      );
      assert.deepEqual(
        frames.map(({ payloadLen }) => payloadLen).slice(0, 4),
        texts.map(({ length }) => length)
      );
    }
    assert.deepEqual(
      dump(file).filter(({ findings }) => findings.length > 0),
      []
    );
  });

  it('reads keys from a file of their own', () => {
    const file = write('no-keys.pcapng', inOrder, {});
    const keys = join(dir, 'keys.log');

    writeFileSync(keys, secrets);
    assert.deepEqual(dump(file), []);
    assert.deepEqual(
      dump(file, { SSLKEYLOGFILE: keys }),
      dump(join(dir, 'in-order.pcapng'))
    );
  });

  it('sees what Wireshark sees', { skip }, () => {
    const file = write('in-order.pcapng', inOrder);

    assert.deepEqual(ourLanes(file), theirLanes(file));
  });

  it('puts packets in order', () => {
    const file = write('shuffled.pcapng', shuffled);

    assert.deepEqual(ourLanes(file), ourLanes(join(dir, 'in-order.pcapng')));
  });

  it('goes on after packets that were lost', { skip }, () => {
    let lost = 0;
    // One packet in 20, once keys are agreed on.
    const file = write('lossy.pcapng', (list, index) => {
      const next = random(index + 1000);
      let bytes = 0;

      return list.filter(({ data, toServer }) => {
        if (!toServer) bytes += data.length;
        const isLost = bytes > 6000 && data.length > 0 && next() < 0.05;

        lost += isLost ? 1 : 0;
        return !isLost;
      });
    });
    const whole = ourLanes(join(dir, 'in-order.pcapng'));
    const lanes = ourLanes(file);
    const theirs = theirLanes(file);
    const identity = (frame) => JSON.stringify(frame);
    let seen = 0;
    let seenByThem = 0;

    for (const [lane, frames] of whole) {
      const truth = new Set(frames.map(identity));
      const all = lanes.get(lane) ?? [];
      const complete = all.filter((frame) => truth.has(identity(frame)));
      const other = all.filter((frame) => !truth.has(identity(frame)));
      const right = (theirs.get(lane) ?? []).filter((frame) =>
        truth.has(identity(frame))
      );
      const shown = new Set(complete.map(identity));

      // Nothing is made up: what isn't whole is a frame with bytes missing.
      for (const frame of other)
        assert.ok(
          frames.some(
            ({ opcode, payloadLen }) =>
              opcode === frame.opcode && payloadLen === frame.payloadLen
          ),
          `${lane}: ${identity(frame).slice(0, 200)}`
        );
      assert.deepEqual(
        right.filter((frame) => !shown.has(identity(frame))),
        [],
        lane
      );
      seen += complete.length;
      seenByThem += right.length;
    }
    assert.ok(lost > 100, `${lost} packets lost`);
    assert.ok(seen >= seenByThem && seen > 300, `${seen}, ${seenByThem}`);
  });

  for (const earlyData of [false, true]) {
    const name = earlyData ? 'skips early data' : 'follows updates of keys';

    it(name, { skip: !hasOpenssl() && 'openssl is missing' }, async () => {
      const { connection, port, secrets } = await converseByOpenssl(dir, {
        earlyData
      });
      const file = join(dir, `openssl-${earlyData}.pcapng`);
      const packets = segments(connection).map((segment) =>
        packet(segment, connection.clientPort, port)
      );

      writeFileSync(file, pcapng(packets, { secrets }));
      assert.equal(secrets.includes('CLIENT_EARLY_TRAFFIC_SECRET'), earlyData);
      const texts = dump(file).map(({ payload }) =>
        Buffer.from(payload, 'hex').toString()
      );

      assert.deepEqual(texts, [
        ...[0, 1, 2, 3].flatMap((n) => [`client ${n}`, `server ${n}`]),
        'client, at last',
        'server, at last'
      ]);
    });
  }
});
