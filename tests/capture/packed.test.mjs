// Packed captures, packed by the programs that people pack them with.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';

import { buildFwcap } from './support/tools.mjs';

const missing = (tool) =>
  spawnSync(tool, ['--version']).status !== 0 && `${tool} is missing`;

const har = JSON.stringify({
  log: {
    entries: Array.from({ length: 50 }, (_, n) => ({
      startedDateTime: '2025-02-25T08:02:02.217Z',
      request: { method: 'GET', url: `wss://x.test/${n}`, headers: [] },
      response: { status: 101, headers: [] },
      _resourceType: 'websocket',
      _webSocketMessages: [
        { type: 'send', time: 1740470523, opcode: 1, data: `text ${n}` }
      ]
    }))
  }
});

describe('a packed capture', () => {
  let dir;
  let fwcap;
  let plain;
  let pcapng;

  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'framewright-packed-'));
    fwcap = buildFwcap();
    writeFileSync(join(dir, 'plain.har'), har);
    fwcap(
      'convert',
      join(dir, 'plain.har'),
      'pcapng',
      join(dir, 'plain.pcapng')
    );
    pcapng = readFileSync(join(dir, 'plain.pcapng'));
    plain = dump('plain.pcapng', pcapng);
    assert.equal(plain.split('\n').length, 51);
  });

  after(() => rmSync(dir, { recursive: true, force: true }));

  function dump(name, bytes) {
    if (bytes) writeFileSync(join(dir, name), bytes);
    return fwcap('dump', join(dir, name));
  }

  function run(tool, ...args) {
    const { status, stderr } = spawnSync(tool, args, { cwd: dir });

    assert.equal(status, 0, String(stderr));
  }

  it('by gzip is the same', () => {
    assert.equal(dump('one.gz', gzipSync(pcapng)), plain);
    assert.equal(dump('har.gz', gzipSync(har)), dump('plain.har'));
  });

  it('by gzip, in several members and with padding, is the same', () => {
    const parts = [0, 1, 2, 3].map((n) =>
      gzipSync(pcapng.subarray(n * 1000, n === 3 ? undefined : (n + 1) * 1000))
    );

    assert.equal(
      dump('many.gz', Buffer.concat([...parts, Buffer.alloc(512)])),
      plain
    );
    assert.equal(dump('twice.gz', gzipSync(gzipSync(pcapng))), plain);
  });

  it('that is cut off shows what is whole', () => {
    const packed = gzipSync(pcapng, { level: 1 });
    const frames = dump('cut.gz', packed.subarray(0, packed.length / 2));

    assert.ok(frames.length > 100 && plain.startsWith(frames));
  });

  it('by zstd is the same', { skip: missing('zstd') }, () => {
    for (const options of [['-1'], ['-19', '--check'], ['--no-check']]) {
      run('zstd', '-q', '-f', ...options, 'plain.pcapng', '-o', 'one.zst');
      assert.equal(dump('one.zst'), plain);
    }
    const twice = Buffer.concat([
      // A frame to be skipped.
      Buffer.from('502a4d1803000000616263', 'hex'),
      readFileSync(join(dir, 'one.zst'))
    ]);

    assert.equal(dump('skip.zst', twice), plain);
  });

  it('by zip shows every capture in it', { skip: missing('zip') }, () => {
    writeFileSync(join(dir, 'readme.txt'), 'not a capture');
    run('zip', '-q', 'two.zip', 'plain.pcapng', 'plain.har', 'readme.txt');
    run('zip', '-q', '-0', 'stored.zip', 'plain.pcapng', 'plain.har');
    for (const name of ['two.zip', 'stored.zip']) {
      const frames = dump(name).trim().split('\n').map(JSON.parse);

      assert.equal(frames.length, 100);
      assert.equal(new Set(frames.map(({ conn }) => conn)).size, 100);
    }
  });

  it('that is a bomb is refused', () => {
    const zeros = Buffer.alloc(256 << 20);

    assert.throws(() => dump('bomb.gz', gzipSync(zeros)), /status|failed/);
  });
});
