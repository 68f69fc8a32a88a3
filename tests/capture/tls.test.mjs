// TLS, with Wireshark as the oracle: connections of Node's TLS and stock ws,
// of every version and suite that both know, begun in every way, as captured in
// order, out of order and with losses.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { random } from './support/corpus.mjs';
import {
  converseInAllWays,
  retryRandom,
  startTlsServer
} from './support/tls.mjs';
import { packet, pcapng, segments, timeNs } from './support/wire.mjs';
import { ours, theirs } from './support/frames.mjs';
import { buildFwcap, hasTshark, tsharkFrames } from './support/tools.mjs';

const skip = hasTshark() ? false : 'tshark is missing: apt-get install tshark';

// Like no other text of this length.
function textOf(len, seed) {
  let text = '';

  for (let word = 0; text.length < len; word++) text += `${seed}.${word} `;
  return text.slice(0, len);
}

// Lengths on both sides of every length form, and one of several records. It
// is long only once a kind, which saves time.
const textsOf = (way, seed) =>
  [1, 126, 3000, way === 'full' ? 70_000 : 5000].map((len) =>
    textOf(len, seed)
  );

function byLane(list) {
  const lanes = new Map();

  for (const one of list) {
    if (!lanes.has(one.lane)) lanes.set(one.lane, []);
    lanes.get(one.lane).push(one);
  }
  return lanes;
}

describe('TLS', () => {
  let dir;
  let fwcap;
  let connections;
  let secrets;
  let serverPort;
  let all;
  // The capture with every packet in its place, and what it shows.
  let inOrder;
  let whole;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'framewright-tls-'));
    fwcap = buildFwcap();
    const server = await startTlsServer();

    serverPort = server.port;
    try {
      all = await converseInAllWays(server, textsOf);
    } finally {
      await server.close();
    }
    connections = server.relay.connections;
    secrets = all.map((one) => one.secrets).join('');
    assert.equal(connections.length, all.length);
    assert.ok(all.length >= 100, `${all.length} connections`);
    inOrder = write('in-order.pcapng', (list) => list);
    whole = dump(inOrder);
  });

  after(() => rmSync(dir, { recursive: true, force: true }));

  // Writes a capture of all connections, as `captured` makes it of each one's
  // segments, with `null` for those that are lost.
  function write(name, captured, options = { secrets }) {
    const file = join(dir, name);
    const packets = connections.flatMap((connection, index) =>
      captured(segments(connection), index).map(
        (segment) =>
          segment && packet(segment, connection.clientPort, serverPort)
      )
    );

    writeFileSync(file, pcapng(packets, options));
    return file;
  }

  function dump(file, env) {
    const lines = fwcap.withEnv(env, 'dump', file).trim();

    return lines === '' ? [] : lines.split('\n').map(JSON.parse);
  }

  // `{ frame, timeNs }` by the client's port and the direction.
  function ourLanes(frames) {
    return byLane(
      frames.map((frame) => ({
        lane: `${frame.client.split(':').at(-1)} ${frame.toServer}`,
        frame: ours(frame),
        timeNs: BigInt(frame.timeNs)
      }))
    );
  }

  function theirLanes(file) {
    const frames = tsharkFrames(file).map(({ frame, websocket, tcp }) => {
      const isFromClient = tcp['tcp.dstport'] === String(serverPort);
      const port = tcp[isFromClient ? 'tcp.srcport' : 'tcp.dstport'];

      return {
        lane: `${port} ${isFromClient}`,
        frame: theirs({ websocket, tcp }, port),
        timeNs: BigInt(frame['frame.time_epoch'].replace('.', ''))
      };
    });

    return byLane(frames);
  }

  const framesOf = (lanes, lane) =>
    (lanes.get(lane) ?? []).map(({ frame }) => frame);
  const allFrames = (lanes) =>
    new Map([...lanes.keys()].map((lane) => [lane, framesOf(lanes, lane)]));

  // Swaps neighbours of the same direction, as a network does.
  const swapped = (list, index) => {
    const next = random(index);
    const out = [...list];

    for (let at = 4; at + 1 < out.length; at++) {
      const isSame = out[at].toServer === out[at + 1].toServer;

      if (!isSame || next() > 0.3) continue;
      [out[at], out[at + 1]] = [out[at + 1], out[at]];
      at++;
    }
    return out;
  };

  // Swaps neighbours of any direction, as a recorder does, and repeats some.
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
    const lanes = ourLanes(whole);

    assert.equal(lanes.size, connections.length * 2);
    connections.forEach(({ clientPort, events }, index) => {
      const { kind, way } = all[index];
      const isRetried = events.some(
        ({ toServer, data }) => !toServer && data?.includes(retryRandom)
      );

      assert.equal(isRetried, way === 'other group');
      for (const toServer of [true, false]) {
        const frames = framesOf(lanes, `${clientPort} ${toServer}`);

        // Four messages, a ping or pong, a close.
        assert.deepEqual(
          frames.map(({ opcode }) => opcode),
          [1, 1, 1, 1, toServer ? 9 : 10, 8],
          `${kind.ciphers}, ${way}`
        );
        assert.deepEqual(
          frames.map(({ payloadLen }) => payloadLen).slice(0, 4),
          textsOf(way, index).map(({ length }) => length)
        );
      }
    });
    assert.deepEqual(
      whole.filter(({ findings }) => findings.length > 0),
      []
    );
  });

  it('reads keys from a file of their own', () => {
    const file = write('no-keys.pcapng', (list) => list, {});
    const keys = join(dir, 'keys.log');

    writeFileSync(keys, secrets);
    assert.deepEqual(dump(file), []);
    assert.deepEqual(dump(file, { SSLKEYLOGFILE: keys }), whole);
  });

  it('sees what Wireshark sees', { skip }, () => {
    const [mine, other] = [ourLanes(whole), theirLanes(inOrder)];

    assert.deepEqual(allFrames(mine), allFrames(other));
    for (const [lane, list] of mine) {
      list.forEach(({ frame, timeNs }, index) => {
        const theirs = other.get(lane)[index].timeNs;

        // A frame has the time of its first record here, and that of its last
        // one in Wireshark.
        if (frame.payloadLen <= 126) assert.equal(timeNs, theirs, lane);
        else assert.ok(timeNs <= theirs, lane);
      });
    }
  });

  it('puts segments in order as Wireshark does', { skip }, () => {
    const file = write('swapped.pcapng', swapped);

    assert.deepEqual(
      allFrames(ourLanes(dump(file))),
      allFrames(theirLanes(file))
    );
  });

  // Wireshark reads packets in the order of the file, and can't decrypt what
  // comes before the other side's part of the handshake.
  it('puts packets of both directions in order', () => {
    const file = write('shuffled.pcapng', shuffled);

    assert.deepEqual(
      allFrames(ourLanes(dump(file))),
      allFrames(ourLanes(whole))
    );
  });

  // Up to the first packet that is lost of a direction, both see the same.
  // After it Wireshark often decrypts nothing more: it counts records, and
  // doesn't look for how many are lost. So all that it shows must be among what
  // we show, which may be more, but is nothing that was never sent.
  it('goes on after packets that were lost', { skip }, () => {
    const firstLostNs = new Map();
    let packets = 0;
    let lost = 0;
    // One packet in 20, once keys are agreed on.
    const file = write('lossy.pcapng', (list, index) => {
      const { clientPort } = connections[index];
      const next = random(index + 1000);
      let bytes = 0;

      return list.map((segment) => {
        const { data, toServer } = segment;
        const time = timeNs(packets++);

        if (!toServer) bytes += data.length;
        if (bytes <= 6000 || data.length === 0 || next() >= 0.05)
          return segment;
        const lane = `${clientPort} ${toServer}`;

        if (!firstLostNs.has(lane)) firstLostNs.set(lane, time);
        lost++;
        return null;
      });
    });
    const [mine, other] = [ourLanes(dump(file)), theirLanes(file)];
    const identity = (frame) => JSON.stringify(frame);
    let [seen, seenByThem, seenBefore] = [0, 0, 0];

    for (const [lane, list] of ourLanes(whole)) {
      const frames = list.map(({ frame }) => frame);
      const truth = new Set(frames.map(identity));
      const complete = framesOf(mine, lane).filter((frame) =>
        truth.has(identity(frame))
      );
      const shown = new Set(complete.map(identity));
      const isBefore = ({ timeNs }) => !(timeNs >= firstLostNs.get(lane));
      const before = (lanes) =>
        (lanes.get(lane) ?? []).filter(isBefore).map(({ frame }) => frame);

      // They show a frame only when it is over, so theirs are the whole ones.
      const wholeBefore = before(other);

      assert.deepEqual(before(mine).slice(0, wholeBefore.length), wholeBefore);
      assert.deepEqual(frames.slice(0, wholeBefore.length), wholeBefore);
      // At most one more of ours had begun.
      assert.ok(before(mine).length - wholeBefore.length <= 1, lane);
      assert.deepEqual(
        framesOf(other, lane).filter((frame) => !shown.has(identity(frame))),
        [],
        lane
      );
      // What isn't whole is a frame with bytes missing.
      for (const frame of framesOf(mine, lane)) {
        if (shown.has(identity(frame))) continue;
        assert.ok(
          frames.some(
            ({ opcode, payloadLen }) =>
              opcode === frame.opcode && payloadLen === frame.payloadLen
          ),
          `${lane}: ${identity(frame).slice(0, 200)}`
        );
      }
      // Those shown are in the order in which they were sent.
      assert.deepEqual(
        complete,
        frames.filter((frame) => shown.has(identity(frame)))
      );
      seen += complete.length;
      seenByThem += framesOf(other, lane).length;
      seenBefore += wholeBefore.length;
    }
    assert.ok(lost > 100, `${lost} packets lost`);
    assert.ok(firstLostNs.size >= 50, `${firstLostNs.size} lanes`);
    assert.ok(
      seen > seenByThem && seenByThem > 600 && seenBefore > 600,
      `${seen}, ${seenByThem}, ${seenBefore}`
    );
  });
});
