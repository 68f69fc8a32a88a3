// What the inspector's page does with a million frames, in Chromium:
//
//   npm run build && node bench/page/figures.mjs
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { InspectorPage } from '../../tests/page/support/page.mjs';
import { largeFrame, liveStream, pcapng, TYPES } from './traffic.mjs';

const FRAMES = 1_000_000;
const PCAPNG_LEN = 100e6;
const LARGE_LEN = 1024 * 1024;
const PICTURES = 300;
const PICTURE_MS = 16.7;
const QUERIES = {
  'opcode==text': FRAMES,
  'len>=64': FRAMES,
  'conn==3': FRAMES / 20,
  auction: FRAMES / TYPES.length,
  '/auc+tion/': FRAMES / TYPES.length,
  '/[0-9]{6}/': FRAMES - 100_000,
  'hex:2261756374??6f6e22': FRAMES / TYPES.length,
  'json.type=="hb"': FRAMES / TYPES.length,
  'json.price<1000': 1000
};

const dir = mkdtempSync(join(tmpdir(), 'framewright-inspector-'));
const inspector = await InspectorPage.open();
const { page } = inspector;
page.setDefaultTimeout(120_000);
await page.evaluate(
  readFileSync(new URL('in-page.js', import.meta.url), 'utf8')
);

try {
  await millionFrames();
  await millionMatches();
  await packets();
  await largeOne();
} finally {
  await inspector.close();
  rmSync(dir, { recursive: true, force: true });
}

async function millionFrames() {
  const { file, bytes } = liveStream(FRAMES);
  const { first, all } = await open(file, 'live.fwlv', FRAMES);
  print('first rows of 1,000,000 frames', first, 500);
  print('1,000,000 frames indexed', all, 3000);
  const held = await page.evaluate(() => globalThis.bench.held());
  // With the room that streams and lists grow into.
  print('memory of a frame', (held - bytes) / FRAMES, 68, 'bytes');

  const last = FRAMES - 1;
  const end = await page.evaluate((i) => globalThis.bench.key('End', i), last);
  print('last row in sight after the End key', end, 100);
  await page.evaluate(() => globalThis.bench.key('Home', 0));
  scrolled('wheel', await wheel());
  scrolled(
    'scrollbar dragged to the end',
    await page.evaluate((count) => globalThis.bench.drag(count), PICTURES)
  );
}

async function millionMatches() {
  for (const [query, count] of Object.entries(QUERIES)) {
    const { first, all } = await filter(query, count);
    print(`${query}: first hits`, first, 100);
    print(`${query}: all ${count.toLocaleString('en')} hits`, all, 1000);
  }
}

async function packets() {
  const { file, frames } = pcapng(PCAPNG_LEN);
  const { all } = await open(file, 'capture.pcapng', frames);
  const count = frames.toLocaleString('en');
  print(`pcapng of 100 MB, ${count} frames`, all, 3000);
}

async function largeOne() {
  const small = Buffer.of(0x81, 5, ...Buffer.from('Hello'));
  await open(Buffer.concat([small, largeFrame(LARGE_LEN)]), 'large.bin', 2);
  const choose = (...args) =>
    page.evaluate((args) => globalThis.bench.choose(...args), args);
  await page.locator('fw-frame-list .row').first().click();
  await page.getByRole('tab', { name: 'Frame' }).click();
  const times = [];
  for (let round = 0; round < 40; round++) {
    await choose(0, '81 05 48', 'Hello');
    times.push(await choose(1, '82 7f 00 00 00 00 00 10', '1,048,576'));
  }
  // The first rounds are the compiler's.
  print('frame of 1 MiB selected, 95 %', p95(times.slice(10)), 16);
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
  return page.evaluate((count) => {
    const input = document.querySelector('#bench');
    input.remove();
    return globalThis.bench.open(input, count);
  }, count);
}

/**
 * Filters; the times from the end of the bar's pause for typing until the first
 * rows and all of them were there.
 */
async function filter(query, count) {
  const times = page.evaluate((n) => globalThis.bench.filtered(n), count);
  await inspector.filter(query);
  return times;
}

async function wheel() {
  await page.locator('fw-frame-list .scroller').hover();
  const pictures = page.evaluate(
    (count) => globalThis.bench.pictures(count),
    PICTURES
  );
  let isDone = false;
  pictures.then(() => (isDone = true));
  while (!isDone) await page.mouse.wheel(0, 120);
  return pictures;
}

function scrolled(how, { intervals, busy }) {
  print(`picture to picture, ${how}, 95 %`, p95(intervals), PICTURE_MS);
  print(`page busy a picture, ${how}, 95 %`, p95(busy), PICTURE_MS);
}

function p95(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1];
}

function print(name, value, limit, unit = 'ms') {
  const shown = Number(value.toFixed(value < 100 ? 1 : 0));
  const verdict = shown <= limit ? 'holds' : 'missed';
  const figure = `${shown} ${unit}`.padStart(12);
  console.log(`${name.padEnd(52)}${figure}  (${limit}: ${verdict})`);
}
