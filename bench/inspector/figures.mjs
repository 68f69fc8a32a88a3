// What the inspector's page does with a million frames, in Chromium:
//
//   npm run build && node bench/inspector/figures.mjs
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { InspectorPage } from '../../tests/inspector/support/page.mjs';
import { liveStream, pcapng, TYPES } from './traffic.mjs';

const FRAMES = 1_000_000;
const PCAPNG_LEN = 100e6;
const QUERIES = {
  'opcode==text': FRAMES,
  'conn==3': FRAMES / 20,
  'json.type=="hb"': FRAMES / TYPES.length,
  '/auc+tion/': FRAMES / TYPES.length
};

const dir = mkdtempSync(join(tmpdir(), 'framewright-inspector-'));
const inspector = await InspectorPage.open();
const { page } = inspector;
page.setDefaultTimeout(120_000);
await page.evaluate(() => {
  // Looks once a picture: what isn't drawn isn't there.
  globalThis.benchTimes = async (start, oldVersion, count) => {
    const first = await until(({ view, row }) => view.count > 0 && row);
    const all = await until(({ view }) => view.count === count);
    return { first, all };

    async function until(holds) {
      for (;;) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const list = document
          .querySelector('frame-inspector')
          .shadowRoot.querySelector('fw-frame-list');
        const row = list?.shadowRoot.querySelector('.row:not(.waiting)');
        if (list && list.view.version !== oldVersion)
          if (holds({ view: list.view, row })) return performance.now() - start;
      }
    }
  };
});

try {
  const { file } = liveStream(FRAMES);
  const live = await open(file, 'live.fwlv', FRAMES);
  print('first rows of 1,000,000 frames', live.first, 500);
  print('1,000,000 frames indexed', live.all, 3000);
  for (const [query, count] of Object.entries(QUERIES)) {
    const { first, all } = await filter(query, count);
    print(`first hits of ${query}`, first, 100);
    print(`all hits of ${query}`, all, 1000);
  }
  const captured = pcapng(PCAPNG_LEN);
  const { all } = await open(captured.file, 'capture.pcapng', captured.frames);
  print(`pcapng of 100 MB, ${captured.frames} frames`, all, 3000);
} finally {
  await inspector.close();
  rmSync(dir, { recursive: true, force: true });
}

function print(name, ms, limit) {
  const verdict = ms <= limit ? 'holds' : 'missed';
  console.log(
    `${name.padEnd(44)} ${ms.toFixed(0).padStart(6)} ms  (${limit}: ${verdict})`
  );
}

/** Opens a file; the times until its first rows and its last were there. */
async function open(file, name, count) {
  const path = join(dir, name);
  writeFileSync(path, file);
  await page.evaluate(() => {
    const input = document.createElement('input');
    input.type = 'file';
    input.id = 'bench';
    document.body.append(input);
  });
  await page.setInputFiles('#bench', path);
  const times = await page.evaluate(async (count) => {
    const element = document.querySelector('frame-inspector');
    const input = document.querySelector('#bench');
    const before = element.shadowRoot.querySelector('fw-frame-list').view;
    const start = performance.now();
    element.open(input.files[0]);
    input.remove();
    return globalThis.benchTimes(start, before.version, count);
  }, count);
  return times;
}

/**
 * Filters; the times from the end of the bar's pause for typing until the first
 * rows and all of them were there.
 */
async function filter(query, count) {
  const times = page.evaluate((count) => {
    const list = document
      .querySelector('frame-inspector')
      .shadowRoot.querySelector('fw-frame-list');
    const bar = document
      .querySelector('frame-inspector')
      .shadowRoot.querySelector('fw-query-bar');
    const { version } = list.view;
    return new Promise((resolve) =>
      bar.addEventListener(
        'query',
        () => resolve(globalThis.benchTimes(performance.now(), version, count)),
        { once: true }
      )
    );
  }, count);
  await inspector.filter(query);
  return times;
}
