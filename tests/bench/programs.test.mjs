import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  writeFile
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import frames from '../../bench/micro/frames.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const wrongByte = fileURLToPath(
  new URL('fixtures/wrong-byte.js', import.meta.url)
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

    test(`${name} fails at a wrong byte`, async () => {
      const args = ['-r', wrongByte, worker, 'ws', cell, '5', '5'];
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

describe('the published results', () => {
  const peer = (median, ratio) => ({
    samples: [median],
    median,
    min: median,
    max: median,
    toBase: { median: ratio, min: ratio, max: ratio },
    disturbed: 0
  });
  const cell = (code, title, ratio) => ({
    code,
    title,
    unit: 'msg/s',
    better: 'more',
    base: 'ws',
    peers: { ws: peer(100_000, 1), framewright: peer(100_000 * ratio, ratio) },
    skipped: {}
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
          cells: [cell('E1', '64 bytes', 0.9), cell('X1', 'another', 0.98)]
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

  const marked = (old) =>
    `# A\n\n<!-- bench:start -->\n${old}\n<!-- bench:end -->\n\nB\n`;

  /** Publishes the results between the marks of a README and a table's page. */
  async function publish(text) {
    const readme = path.join(folder, 'README.md');
    const table = path.join(folder, 'RESULTS.md');
    await writeFile(readme, text);
    await writeFile(table, text);
    const result = await node(
      ...['bench/results.mjs', file, '--readme', readme],
      ...['--table', table, '--charts', folder]
    );
    assert.equal(result.code, 0, result.stderr);
    const read = (name) => readFile(path.join(folder, name), 'utf8');
    return {
      stdout: result.stdout,
      readme: await read('README.md'),
      table: await read('RESULTS.md'),
      chart: await read('chart.svg'),
      summary: await read('summary.svg')
    };
  }

  test('are between the marks of both pages, again and again', async () => {
    const { chart, readme, summary, table } = await publish(marked('old'));
    for (const page of [readme, table]) {
      assert.match(page, /^# A\n\n<!-- bench:start -->\n/);
      assert.match(page, /<!-- bench:end -->\n\nB\n$/);
      assert.doesNotMatch(page, /old/);
    }
    assert.match(table, /!\[.*\]\(chart\.svg\)/);
    assert.match(readme, /!\[.*\]\(summary\.svg\)/);
    for (const svg of [chart, summary]) {
      assert.match(
        svg,
        /^<svg [^]*A &#60;fast&#62; one[^]*0\.90×[^]*<\/svg>\n$/
      );
    }
    const again = await publish(readme);
    assert.equal(again.readme, readme);
  });

  test('are all in the table, with what is worse than stock ws', async () => {
    const { chart, table } = await publish(marked(''));
    const rows = [
      /\| E1 +\| 64 bytes +\| +100k\/s \| +× 0\.90 \(0\.90–0\.90\) \|/,
      /\| X1 +\| another +\| +100k\/s \| +× 0\.98 \(0\.98–0\.98\) \|/
    ];
    for (const row of rows) assert.match(table, row);
    assert.ok(chart.includes('another'));
    assert.match(table, /Worse than stock ws: E1 on Node 24\.1\.0 \(× 0\.90\)/);
    assert.match(table, /Worse by less than that: X1 on Node 24\.1\.0/);
    assert.doesNotMatch(table, /quick run/);
  });

  test('are in the README as few plain rows', async () => {
    const { readme, summary } = await publish(marked(''));
    assert.match(
      readme,
      /\| Echo of 64 bytes, [^|]+\| +100k\/s \| +90\.0k\/s \| × 0\.90 \|/
    );
    assert.doesNotMatch(readme, /another/);
    assert.ok(!summary.includes('another'));
  });

  test('of a quick run say so', async () => {
    await writeFile(file, JSON.stringify({ ...results, mode: 'quick' }));
    const { readme, table } = await publish(marked(''));
    await writeFile(file, JSON.stringify(results));
    assert.match(table, /This is a quick run/);
    assert.match(readme, /, quick\.\n/);
  });

  test('leave a page without the marks as it is', async () => {
    const { readme, stdout } = await publish('# A\n');
    assert.equal(readme, '# A\n');
    assert.match(stdout, /left as it is/);
  });

  test('of production have a table each on the page', async () => {
    const { code, stderr } = await node('bench/production/results.mjs', 'x');
    assert.equal(code, 1);
    const [, names] = /^results: x is none of (.+)\n$/.exec(stderr);
    const page = await readFile(path.join(root, 'bench/RESULTS.md'), 'utf8');
    for (const name of names.split(', ')) {
      const [, text] = page.split(`<!-- production:${name}:start -->`);
      const [own] = text.split(`<!-- production:${name}:end -->`);
      assert.ok(own.includes(`node bench/production/${name}.mjs`), name);
      assert.match(own, /\n\| -+/, name);
    }
  });

  test('are in this repository as the results file has them', async () => {
    const pages = [
      'README.md',
      'bench/RESULTS.md',
      'bench/results/chart.svg',
      'bench/results/summary.svg'
    ];
    const table = await readFile(path.join(root, 'bench/RESULTS.md'), 'utf8');
    const [, name] = /\]\(results\/([^)]+\.json)\)/.exec(table);
    const copy = await mkdtemp(path.join(root, 'bench', '.published-'));
    try {
      // In folders as deep as here, so that links are the same.
      await mkdir(path.join(copy, 'bench', 'results'), { recursive: true });
      const source = path.join(copy, 'bench', 'results', name);
      await copyFile(path.join(root, 'bench', 'results', name), source);
      for (const name of pages) {
        await copyFile(path.join(root, name), path.join(copy, name));
      }
      const { code, stderr } = await node(
        ...['bench/results.mjs', source],
        ...['--readme', path.join(copy, 'README.md')],
        ...['--table', path.join(copy, 'bench', 'RESULTS.md')],
        ...['--charts', path.join(copy, 'bench', 'results')]
      );
      assert.equal(code, 0, stderr);
      for (const name of pages) {
        assert.equal(
          await readFile(path.join(copy, name), 'utf8'),
          await readFile(path.join(root, name), 'utf8'),
          name
        );
      }
    } finally {
      await rm(copy, { recursive: true });
    }
  });
});
