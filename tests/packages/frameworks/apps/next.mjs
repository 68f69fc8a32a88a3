// A custom server: Next's own upgrades for reloading, and the app's beside them.
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import next from 'next';
import { WebSocketServer } from 'ws';
import { ask, end, listen } from './talk.mjs';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const dir = mkdtempSync(path.join(HERE, 'next-'));

mkdirSync(path.join(dir, 'pages'));
writeFileSync(path.join(dir, 'package.json'), '{}');
writeFileSync(
  path.join(dir, 'pages', 'index.js'),
  "export default () => 'page';"
);
symlinkSync(path.join(HERE, 'node_modules'), path.join(dir, 'node_modules'));
const server = http.createServer((req, res) => handle(req, res));
const app = next({
  dev: true,
  dir,
  hostname: '127.0.0.1',
  httpServer: server,
  port: 0,
  webpack: true
});
const handle = app.getRequestHandler();
const wss = new WebSocketServer({ noServer: true });

await app.prepare();
const upgrade = app.getUpgradeHandler();
server.removeAllListeners('upgrade').on('upgrade', (req, socket, head) => {
  if (req.url !== '/chat') return upgrade(req, socket, head);
  wss.handleUpgrade(req, socket, head, (ws) => {
    ws.on('message', (data) => ws.send(`${data}`));
  });
});
const url = `127.0.0.1:${await listen(server)}`;
const page = await fetch(`http://${url}/`);
if (!(await page.text()).includes('page')) throw new Error('there is no page');
end(await ask(`ws://${url}/chat`, 'hello'));
