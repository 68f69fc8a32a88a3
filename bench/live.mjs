#!/usr/bin/env node
// An app's own latency while a page in Chromium watches all of its frames.

import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { Progress } from './harness/report/progress.mjs';
import { Server } from './harness/server.mjs';
import { figure } from './harness/report/table.mjs';
import { prepareLoad } from './parts/lib/load.mjs';
import companion from './servers/companion.js';

const USAGE = `Usage: node bench/live.mjs [options]

Echoes at a fixed rate, first unwatched, then with the inspector's page open in
Chromium. Prints the app's latency, and what the page says in the end: every
frame is in its list, or in what it says was dropped.

Options:
  --seconds <n>       how long (default: 60)
  --connections <n>   connections (default: 100)
  --frames <n>        frames a second, both directions (default: 50000)
  --chromium <file>   the browser (default: /usr/bin/chromium)
  --help              print this`;

const WARMUP_MS = 1000;
const OPTIONS = {
  seconds: { type: 'string', default: '60' },
  connections: { type: 'string', default: '100' },
  frames: { type: 'string', default: '50000' },
  chromium: { type: 'string', default: '/usr/bin/chromium' },
  help: { type: 'boolean', short: 'h', default: false }
};

async function main() {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return console.log(USAGE);
  const { loadgen } = await prepareLoad({ progress: new Progress() });
  const server = await Server.open('framewright', 'tapped', process.execPath);
  const run = () =>
    loadgen.run('rate', server.port, {
      connections: values.connections,
      'payload-len': 64,
      // Each message comes back: two frames.
      rate: Math.round(values.frames / 2),
      'warmup-ms': WARMUP_MS,
      'duration-ms': values.seconds * 1000,
      'server-pid': server.pid
    });
  try {
    print('unwatched', await run());
    const host = await launch(values.chromium);
    try {
      const browser = await chromium.connect(host.wsEndpoint());
      const page = await watch(browser, server.port);
      print('watched', await run());
      const sent = values.frames * (Number(values.seconds) + WARMUP_MS / 1000);
      console.log(`frames sent: about ${sent}`);
      console.log(`the page says: ${await settled(page)}`);
    } finally {
      await host.close();
    }
  } finally {
    await server.close();
  }
}

/**
 * The browser gets what the others leave of the processors: whoever watches has
 * a machine of their own.
 */
async function launch(executablePath) {
  const before = os.getPriority();
  const args = ['--no-sandbox', '--disable-gpu'];
  os.setPriority(os.constants.priority.PRIORITY_LOW);
  try {
    const host = await chromium.launchServer({ executablePath, args });
    yieldAsGroup(host.process().pid);
    return host;
  } finally {
    try {
      os.setPriority(before);
    } catch {
      console.log('only root can measure at the priority that it had before');
    }
  }
}

/** Where Linux shares out the processors by sessions, priorities count within one. */
function yieldAsGroup(pid) {
  try {
    writeFileSync(
      `/proc/${pid}/autogroup`,
      String(os.constants.priority.PRIORITY_LOW)
    );
  } catch (err) {
    if (err.code !== 'ENOENT') throw err;
  }
}

async function watch(browser, port) {
  const page = await browser.newPage();
  const token = encodeURIComponent(companion.TOKEN);
  await page.goto(`http://${companion.HOST}:${port}/__frames/?token=${token}`);
  const state = page.locator('fw-toolbar .live');
  await state.filter({ hasText: 'live' }).waitFor();
  return page;
}

/** What the page's last line says once it no longer changes. */
async function settled(page) {
  let before;
  for (;;) {
    const texts = await page.locator('fw-status-bar > span').allInnerTexts();
    const now = texts.filter(Boolean).join(', ');
    if (now !== '' && now === before) return now;
    before = now;
    await page.waitForTimeout(2000);
  }
}

function print(name, result) {
  const ns = (value) => figure(value, 'ns');
  const share = (value) => (value == null ? '?' : figure(value, 'share'));
  console.log(
    [
      name.padEnd(10),
      `50 % ${ns(result.p50_ns)}`,
      `99 % ${ns(result.p99_ns)}`,
      `99.9 % ${ns(result.p999_ns)}`,
      `generator late by ${ns(result.generator_p99_ns)}`,
      `server at ${share(result.server_cpus)}`,
      `others took up to ${share(result.disturbed)}`
    ].join('  ')
  );
}

await main();
