// `framewright frames FILE` prints what the page shows of the same file: for
// each frame its time, connection, direction, opcode, flags, length and payload.

import assert from 'node:assert/strict';
import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { run } from '../cli/command.mjs';
import { missingInspector, withPage } from './support/page.mjs';

// Captures of every format: each is a file after two bytes of choices.
const SEEDS = fileURLToPath(
  new URL('../../fuzz/seeds/capture_import', import.meta.url)
);
const CHOICES_LEN = 2;

const LINE =
  /^(?<time>\S+) +#(?<conn>\d+) +(?<from>[→←]) (?<opcode>\S+) +(?<flags>[F123M·]{5}) +(?<len>\d+)(?: (?<payload>.*?))??(?: (?<mark>[✕!]))?$/;

describe('frames in the terminal', { skip: missingInspector() }, () => {
  let dir;
  let inspector;

  // All rows are in sight at once.
  withPage((opened) => ({ inspector } = opened), { height: 4000 });
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'framewright-in-terminal-'));
    await inspector.page.evaluate(() =>
      localStorage.setItem(
        'framewright-columns',
        'time,utc,conn,from,opcode,flags,len'
      )
    );
    await inspector.page.reload();
    await inspector.rowsShown(16);
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  async function inTerminal(file) {
    const { stdout, stderr } = await run(['frames', file]);
    const lines = stdout.split('\n').filter(Boolean);
    const frames = lines.map((line) => {
      const match = LINE.exec(line);
      assert.ok(match, line);
      const { time, from, len, payload = '', mark, ...rest } = match.groups;
      const isUnix = time.endsWith('Z');
      return {
        ...rest,
        // Where there is no clock, since the first frame.
        time: isUnix ? time.slice(11, 23) : '',
        seconds: isUnix ? Date.parse(time) / 1000 : Number(time),
        from: from === '←' ? 'server' : 'client',
        len: Number(len),
        payload,
        hasFindings: mark !== undefined
      };
    });
    return { frames, stderr };
  }

  async function onPage(count) {
    await inspector.rowsShown(count);
    if (count === 0) return [];
    await inspector.rows();
    const rows = await inspector.page
      .locator('fw-frame-list .row')
      .evaluateAll((rows) =>
        rows.map((row) => {
          const cells = [...row.querySelectorAll('[role=gridcell]')];
          const texts = cells.map((cell) => cell.innerText.trim());
          return {
            texts,
            titles: cells.map((cell) => cell.title),
            payload: cells.at(-2).title || cells.at(-2).textContent
          };
        })
      );
    return rows.map(({ texts, titles, payload }) => {
      const [, seconds, time, conn, from, opcode, flags] = texts;
      return {
        conn,
        opcode,
        flags,
        time,
        seconds: Number(seconds),
        from: from.split(' ').at(-1),
        len: Number(titles[7].replaceAll(/\D/g, '')),
        payload: payload.trim(),
        hasFindings: texts.at(-1) !== ''
      };
    });
  }

  /** Since the first frame, as far as the page shows it. */
  function sinceFirst(frames) {
    return frames.map(({ seconds, ...frame }) => ({
      ...frame,
      seconds: seconds - frames[0].seconds
    }));
  }

  const seeds = readdirSync(SEEDS, { recursive: true, withFileTypes: true });

  for (const { name, parentPath } of seeds.filter((seed) => seed.isFile())) {
    it(name, async () => {
      const seed = readFileSync(join(parentPath, name));
      const bytes = seed.subarray(CHOICES_LEN);
      const file = join(dir, name);
      writeFileSync(file, bytes);
      const { frames, stderr } = await inTerminal(file);
      await inspector.drop(bytes, name);
      // A file that is refused, and why.
      const reason = /^framewright: .*: ([^:]+)$/m.exec(stderr)?.[1];
      if (reason !== undefined) {
        assert.deepEqual(frames, []);
        await inspector.page.getByText(reason).waitFor();
        return;
      }
      await inspector.sourceReads(new RegExp(`^${name}`));
      const [ours, theirs] = [frames, await onPage(frames.length)].map(
        sinceFirst
      );
      ours.forEach(({ seconds, ...frame }, index) => {
        const { seconds: shown, ...row } = theirs[index];
        assert.deepEqual(row, frame, `frame ${index}`);
        assert.ok(Math.abs(shown - seconds) < 0.0021, `${shown}, ${seconds}`);
      });
    });
  }

  it('leaves no complaint in the console', () => {
    assert.deepEqual(inspector.complaints, []);
  });
});
