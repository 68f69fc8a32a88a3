// `node scripts/record-inspector.mjs`: records docs/images/inspector.webp, a short tour of the inspector's page. It wants
// Chromium, and ffmpeg with libwebp.
//
// Chromium sends a picture whenever something changes (Page.startScreencast); each is shown for as long as it lasted.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { InspectorPage } from '../tests/page/support/page.mjs';
import { root, run } from './lib/run.mjs';

const OUT = join(root, 'docs', 'images', 'inspector.webp');
const SIZE = { width: 1120, height: 680 };
const MAX_LEN = 1 << 20;
/** The longest time that a picture is shown, in seconds: a busy machine sends them late. */
const LONGEST = 1.6;

const folder = mkdtempSync(join(tmpdir(), 'framewright-record-'));
const inspector = await InspectorPage.open(SIZE);
const { page } = inspector;
const cast = await page.context().newCDPSession(page);
const pictures = [];

cast.on('Page.screencastFrame', async ({ data, metadata, sessionId }) => {
  const file = join(folder, `${pictures.length}.png`);
  writeFileSync(file, Buffer.from(data, 'base64'));
  pictures.push({ file, at: metadata.timestamp });
  await cast.send('Page.screencastFrameAck', { sessionId });
});
await cast.send('Page.startScreencast', { format: 'png' });
await tour();
await cast.send('Page.stopScreencast');
await inspector.close();

// Pictures may arrive out of order.
pictures.sort((a, b) => a.at - b.at);
// ffmpeg takes the list with the time of each; the last one must be there twice.
const last = pictures.at(-1);
const list = pictures.map(({ file, at }, i) => {
  const lasted = (pictures[i + 1]?.at ?? at + LONGEST) - at;
  return `file '${file}'\nduration ${Math.min(lasted, LONGEST).toFixed(3)}`;
});
writeFileSync(
  join(folder, 'list'),
  `${list.join('\n')}\nfile '${last.file}'\n`
);
run('ffmpeg', [
  ...['-v', 'error', '-y', '-f', 'concat', '-safe', '0'],
  ...['-i', join(folder, 'list'), '-vf', 'fps=5,scale=900:-1:flags=lanczos'],
  ...['-c:v', 'libwebp_anim', '-lossless', '0', '-q:v', '75', '-loop', '0', OUT]
]);
rmSync(folder, { recursive: true });

const { size } = statSync(OUT);
console.log(`${OUT}: ${size} bytes, of ${pictures.length} pictures`);
if (size > MAX_LEN) {
  console.error(`✗ it is longer than ${MAX_LEN} bytes`);
  process.exit(1);
}

/** What is shown: a compressed message, its bits, a query, and what breaks a rule. */
async function tour() {
  const wait = (seconds) => page.waitForTimeout(seconds * 1000);
  const tab = (name) => page.getByRole('tab', { name, exact: true }).click();

  await inspector.row(0).click();
  await wait(1);
  for (let i = 0; i < 2; i++) {
    await page.keyboard.press('ArrowDown');
    await wait(0.5);
  }
  await wait(1);
  await tab('Frame');
  await wait(1.5);
  await page
    .getByLabel('Filter frames')
    .pressSequentially('json.type=="lot"', { delay: 60 });
  await wait(1.2);
  await inspector.filter('lint');
  await wait(0.8);
  await inspector.row(0).click();
  await wait(1.6);
}
