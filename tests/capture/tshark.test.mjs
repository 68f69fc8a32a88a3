// Wireshark as an outside oracle: it must read what we export, and see in each
// frame what we see. Connections are made by stock ws.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { converse, startServers } from './support/corpus.mjs';
import { ours, theirs } from './support/frames.mjs';
import { Recorder } from './support/recorder.mjs';
import { buildFwcap, hasTshark, tsharkFrames } from './support/tools.mjs';

const connections = 504;
const skip = hasTshark() ? false : 'tshark is missing: apt-get install tshark';

// Records the corpus: six servers, each with other compression, and clients
// with and without.
async function recordCorpus() {
  const servers = await startServers();
  const recorded = await Promise.all(
    servers.map(async (server, index) => {
      const recorder = new Recorder();
      const port = await recorder.listen(server.address().port);
      const count = connections / servers.length;

      for (let n = 0; n < count; n++) {
        await converse(port, index * count + n, n % 5 !== 0);
      }
      return recorder.close();
    })
  );

  await Promise.all(servers.map((server) => server.close()));
  return recorded;
}

// Frames by connection. The order within a direction is certain; between the
// two it isn't, for Wireshark dissects a frame where it ends.
function byLane(frames, lane) {
  const lanes = new Map();

  for (const frame of frames) {
    const key = lane(frame);

    if (!lanes.has(key)) lanes.set(key, []);
    lanes.get(key).push(frame);
  }
  return lanes;
}

describe('tshark', { skip }, () => {
  let dir;
  let fwcap;
  let corpus;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'framewright-capture-'));
    fwcap = buildFwcap();
    corpus = await recordCorpus();
  });

  after(() => rmSync(dir, { recursive: true, force: true }));

  it(`sees the same frames in ${connections} connections`, () => {
    let seen = 0;
    const opcodes = new Set();

    for (const [index, text] of corpus.entries()) {
      const native = join(dir, `${index}.fwcap`);
      const pcapng = join(dir, `${index}.pcapng`);

      writeFileSync(native, text);
      fwcap('convert', native, 'pcapng', pcapng);
      const dump = (file) =>
        fwcap('dump', file).trim().split('\n').map(JSON.parse);
      const frames = dump(native);

      // What comes back is the same, byte for byte.
      assert.deepEqual(dump(pcapng).map(ours), frames.map(ours));
      assert.deepEqual(
        frames.filter(({ findings }) => findings.length > 0),
        []
      );

      const packets = tsharkFrames(pcapng);
      // In the order of their first packets, as ours.
      const clientPorts = new Map();

      for (const { tcp } of packets) {
        const [from, to] = [tcp['tcp.srcport'], tcp['tcp.dstport']];
        const stream = tcp['tcp.stream'];

        // The first frame that Wireshark shows of a stream may be the
        // server's; the port that all streams share is the server's.
        if (!clientPorts.has(stream)) clientPorts.set(stream, [from, to]);
      }
      const ports = [...clientPorts.values()].flat();
      const serverPort = ports.find(
        (port) =>
          ports.filter((other) => other === port).length === clientPorts.size
      );
      const clientPort = (stream) =>
        clientPorts.get(stream).find((port) => port !== serverPort);
      const theirLanes = byLane(packets, ({ tcp }) =>
        [
          Number(tcp['tcp.stream']),
          tcp['tcp.srcport'] === clientPort(tcp['tcp.stream'])
        ].join()
      );
      const ourLanes = byLane(frames, ({ conn, toServer }) =>
        [conn, toServer].join()
      );

      assert.equal(theirLanes.size, ourLanes.size);
      for (const [lane, list] of ourLanes) {
        const other = theirLanes
          .get(lane)
          .map((layers) =>
            theirs(layers, clientPort(layers.tcp['tcp.stream']))
          );

        assert.deepEqual(other, list.map(ours), `connection ${lane}`);
        seen += list.length;
        list.forEach(({ opcode }) => opcodes.add(opcode));
      }
    }
    assert.ok(seen > connections * 10, `${seen} frames`);
    assert.deepEqual([...opcodes].sort(), [0, 1, 10, 2, 8, 9]);
  });

  it('reads a connection whose handshake was not captured', () => {
    const native = join(dir, 'frames.fwcap');
    const pcapng = join(dir, 'frames.pcapng');
    const record = (record) => `\x1e${JSON.stringify(record)}\n`;

    writeFileSync(
      native,
      record({ type: 'capture', format: 'framewright', version: 1 }) +
        record({ type: 'open', conn: 0, time: 1, start: {} }) +
        record({
          type: 'bytes',
          conn: 0,
          dir: 'to-server',
          time: 2,
          data: 'gYU3+iE9f59NUVg='
        })
    );
    fwcap('convert', native, 'pcapng', pcapng);
    const [{ websocket }] = tsharkFrames(pcapng);

    assert.equal(
      websocket['websocket.payload']['websocket.payload.text'],
      'Hello'
    );
    // An export makes up the address that the source did not have.
    const frames = (file) =>
      JSON.parse(fwcap('dump', file), (name, value) =>
        name === 'client' ? undefined : value
      );
    assert.deepEqual(frames(pcapng), frames(native));
  });

  it('reads archives whose handshake says nothing of an upgrade', () => {
    const headers = (...names) =>
      names.map(([name, value]) => ({ name, value }));
    const entry = (request, response) => ({
      startedDateTime: '2025-02-25T08:02:02.217Z',
      request: { url: 'wss://x.test/ws', ...request },
      response,
      _resourceType: 'websocket',
      _webSocketMessages: [
        { type: 'send', time: 1740470523, opcode: 1, data: 'Hello' },
        { type: 'receive', time: 1740470524, opcode: 2, data: 'AQID' }
      ]
    });
    const har = join(dir, 'made-up.har');
    const pcapng = join(dir, 'made-up.pcapng');

    writeFileSync(
      har,
      JSON.stringify({
        log: {
          entries: [
            entry({ method: 'GET', headers: [] }, { status: 101, headers: [] }),
            entry(
              {
                method: 'CONNECT',
                headers: headers(
                  [':method', 'CONNECT'],
                  [':protocol', 'websocket'],
                  [':path', '/ws']
                )
              },
              { status: 200, headers: headers([':status', '200']) }
            )
          ]
        }
      })
    );
    fwcap('convert', har, 'pcapng', pcapng);
    const payloads = tsharkFrames(pcapng).map(
      ({ websocket }) => websocket['websocket.payload_raw'][0]
    );
    const hello = Buffer.from('Hello').toString('hex');

    assert.deepEqual(payloads, [hello, '010203', hello, '010203']);
  });
});
