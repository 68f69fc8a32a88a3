import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import frames from '../../bench/micro/frames.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const wrongOctet = fileURLToPath(
  new URL('fixtures/wrong-octet.js', import.meta.url)
);

function node(...args) {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: root }, (err, stdout, stderr) => {
      resolve({ code: err?.code ?? 0, stdout, stderr });
    });
  });
}

describe('the in-process benches', () => {
  const cells = { receiver: '100x16', sender: 'text-64' };

  for (const [name, cell] of Object.entries(cells)) {
    const worker = `bench/micro/${name}.js`;

    test(`${name} measures stock ws`, async () => {
      const { code, stdout } = await node(worker, 'ws', cell, '5', '5');
      assert.equal(code, 0);
      assert.ok(JSON.parse(stdout).ns > 0);
    });

    test(`${name} fails at a wrong octet`, async () => {
      const args = ['-r', wrongOctet, worker, 'ws', cell, '5', '5'];
      const { code, stdout, stderr } = await node(...args);
      assert.equal(code, 1);
      assert.equal(stdout, '');
      assert.match(stderr, /is wrong/);
    });

    test(`${name} names its cells`, async () => {
      const { code, stderr } = await node(worker, 'ws', 'nothing');
      assert.equal(code, 2);
      assert.ok(stderr.includes(cell));
    });
  }
});

describe('the frames that the benches expect', () => {
  test('are as in RFC 6455 §5.7', () => {
    const key = Buffer.from('37fa213d', 'hex');
    const frame = frames.encodeFrame(1, Buffer.from('Hello'), key);
    assert.equal(frame.toString('hex'), '818537fa213d7f9f4d5158');
  });

  test('decode to what was encoded, at every form of length', () => {
    for (const len of [0, 125, 126, 65535, 65536]) {
      const payload = frames.text(len, 1);
      const key = frames.maskingKey(len);
      const wire = [
        frames.encodeFrame(2, payload, key),
        frames.encodeFrame(1, payload)
      ];
      assert.deepEqual(frames.decodeFrames(Buffer.concat(wire)), [
        { fin: true, opcode: 2, masked: true, payload },
        { fin: true, opcode: 1, masked: false, payload }
      ]);
    }
  });
});

describe('npm run bench', () => {
  test('--help names every part', async () => {
    const { code, stdout } = await node('scripts/bench.mjs', '--help');
    assert.equal(code, 0);
    for (const part of ['echo', 'latency', 'receiver', 'sender', 'codec']) {
      assert.ok(stdout.includes(part), part);
    }
  });

  test('a mistake is told without a stack', async () => {
    const { code, stderr } = await node('scripts/bench.mjs', 'nothing');
    assert.equal(code, 2);
    assert.match(stderr, /^bench: no such part: nothing .*\n$/);
  });
});

describe('the README', () => {
  const peer = (median, ratio) => ({
    samples: [median],
    median,
    min: median,
    max: median,
    toBase: { median: ratio, min: ratio, max: ratio },
    disturbed: 0
  });
  const results = {
    date: '2026-01-02T03:04:05.678Z',
    mode: 'full',
    rounds: 5,
    machine: { cpu: 'A <fast> one', cores: 2, system: 'Linux 6' },
    versions: { ws: '8.23.0' },
    runs: ['v24.1.0', 'v20.1.0'].map((node) => ({
      node,
      parts: [
        {
          name: 'echo',
          title: 'Echo, messages a second',
          cells: [
            {
              code: 'E1',
              title: 'one',
              unit: 'msg/s',
              better: 'more',
              base: 'ws',
              peers: { ws: peer(100_000, 1), framewright: peer(90_000, 0.9) },
              skipped: {}
            }
          ]
        }
      ]
    }))
  };
  let folder;
  let file;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'framewright-bench-'));
    file = path.join(folder, 'results.json');
    await writeFile(file, JSON.stringify(results));
  });
  after(() => rm(folder, { recursive: true }));

  async function update(text) {
    const readme = path.join(folder, 'README.md');
    const chart = path.join(folder, 'chart.svg');
    await writeFile(readme, text);
    const args = ['bench/readme.mjs', file, '--readme', readme];
    const result = await node(...args, '--chart', chart);
    assert.equal(result.code, 0, result.stderr);
    return {
      stdout: result.stdout,
      readme: await readFile(readme, 'utf8'),
      chart: await readFile(chart, 'utf8')
    };
  }

  test('gets table and chart between the marks, again and again', async () => {
    const text = '# A\n\n<!-- bench:start -->\nold\n<!-- bench:end -->\n\nB\n';
    const { chart, readme } = await update(text);
    assert.match(readme, /^# A\n\n<!-- bench:start -->\n/);
    assert.match(readme, /<!-- bench:end -->\n\nB\n$/);
    assert.doesNotMatch(readme, /old/);
    assert.match(readme, /!\[.*\]\(chart\.svg\)/);
    assert.match(
      readme,
      /\| E1 +\| one +\| +100k\/s \| +× 0\.90 \(0\.90–0\.90\) \|/
    );
    assert.match(
      readme,
      /Slower than stock ws: E1 on Node 24\.1\.0 \(× 0\.90\)/
    );
    assert.match(
      chart,
      /^<svg [^]*A &#60;fast&#62; one[^]*0\.90×[^]*<\/svg>\n$/
    );
    assert.equal((await update(readme)).readme, readme);
  });

  test('stays as it is without the marks', async () => {
    const { readme, stdout } = await update('# A\n');
    assert.equal(readme, '# A\n');
    assert.match(stdout, /left as it is/);
  });
});
