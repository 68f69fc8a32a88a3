// One conversation of a page with an echo server, written down by everything
// that writes such things down.

import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { once } from 'node:events';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

import { WebSocketServer } from 'ws';

import { launchChromium } from '../../browser/support/chromium.mjs';
import { Command } from '../../cli/command.mjs';

export const TEXT = 'Hello from Chromium. Hello from Chromium.';
export const BYTES = [1, 2, 255];

/**
 * Chromium talks to stock ws through our proxy. Returns the files, by name:
 * the proxy's pcapng, Chromium's NetLog, and HAR in its dialects.
 */
export async function recordTraffic() {
  const folder = await mkdtemp(join(tmpdir(), 'framewright-traffic-'));
  const files = { pcapng: join(folder, 'proxy.pcapng') };
  files.netLog = join(folder, 'netlog.json');
  files.wholeNetLog = join(folder, 'whole-netlog.json');
  const server = await echoServer();
  const proxy = new Command([
    ...['proxy', '--listen', '0', '--save', files.pcapng],
    ...['--to', `127.0.0.1:${server.address().port}`]
  ]);
  try {
    const [, port] = await proxy.prints(/^Forwarding 127\.0\.0\.1:(\d+) to/m);
    await converse(`http://127.0.0.1:${port}/`, folder, files.netLog);
    const direct = `http://127.0.0.1:${server.address().port}/`;
    await converseOnRecord(direct, files.wholeNetLog);
    await proxy.interrupt();
    return await read(folder, files);
  } finally {
    await proxy.interrupt();
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  }
}

async function echoServer() {
  const server = http.createServer((req, res) =>
    res.setHeader('Content-Type', 'text/html').end('<title>Echo</title>')
  );
  const perMessageDeflate = { threshold: 0 };
  const wss = new WebSocketServer({ server, perMessageDeflate });
  wss.on('connection', (ws) => {
    ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function converse(url, folder, netLog) {
  const browser = await launchChromium([`--log-net-log=${netLog}`]);
  for (const content of ['embed', 'attach']) {
    const path = join(folder, content, 'page.har');
    const context = await browser.newContext({ recordHar: { path, content } });
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate(talk, [TEXT, BYTES]);
    await context.close();
  }
  await browser.close();
}

/** Once more, with a NetLog that has the sockets’ bytes. */
async function converseOnRecord(url, netLog) {
  const mode = '--net-log-capture-mode=Everything';
  const browser = await launchChromium([`--log-net-log=${netLog}`, mode]);
  const page = await browser.newPage();
  await page.goto(url);
  await page.evaluate(talk, [TEXT, BYTES]);
  await browser.close();
}

/** Runs in the page. */
async function talk([text, bytes]) {
  const ws = new WebSocket(location.href.replace('http', 'ws'));
  const next = (name) => new Promise((resolve) => (ws[`on${name}`] = resolve));
  await next('open');
  for (const data of [text, Uint8Array.from(bytes)]) {
    ws.send(data);
    await next('message');
  }
  ws.close(1000, 'bye');
  await next('close');
}

async function read(folder, { pcapng, netLog, wholeNetLog }) {
  const har = await readFile(join(folder, 'embed', 'page.har'));
  const attached = await readdir(join(folder, 'attach'));
  const lines = attached.find((name) => name.endsWith('.jsonl'));
  return {
    pcapng: await readFile(pcapng),
    netLog: await readFile(netLog),
    wholeNetLog: await readFile(wholeNetLog),
    playwright: har,
    playwrightLines: await readFile(join(folder, 'attach', lines)),
    chrome: inSeconds(har, 'WebInspector'),
    mitmproxy: deflateSync(inSeconds(har, 'mitmproxy'))
  };
}

/** The same archive as others write it: with times in seconds. */
function inSeconds(har, name) {
  const archive = JSON.parse(har);
  archive.log.creator = { name, version: '1' };
  for (const { _webSocketMessages: messages = [] } of archive.log.entries)
    for (const message of messages) message.time /= 1000;
  return Buffer.from(JSON.stringify(archive));
}
