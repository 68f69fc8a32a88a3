import { chromium } from 'playwright-core';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const [scheme, width] of [['light', 1400], ['dark', 1400], ['light', 390], ['dark', 390]]) {
  const c = await b.newContext({ colorScheme: scheme, viewport: { width, height: 900 } });
  const p = await c.newPage();
  for (const name of process.argv.slice(2)) {
    await p.goto(`http://localhost:4199/${name}`, { waitUntil: 'load' }); await p.waitForTimeout(name === 'live' ? 4000 : 700);
    await p.screenshot({ path: `/tmp/shot-${name.replaceAll('/', '_') || 'index'}-${scheme}-${width}.png` });
    const o = await p.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (o > 0) console.log('overflow', name, width, o);
  }
}
await b.close();
