// Remix's successor on an Express server, with WebSockets beside it.
import http from 'node:http';
import { createRequestHandler } from '@react-router/express';
import express from 'express';
import { WebSocketServer } from 'ws';
import { ask, end, listen } from './talk.mjs';

const build = {
  assets: {
    entry: { imports: [], module: '' },
    routes: {},
    url: '',
    version: '1'
  },
  assetsBuildDirectory: '',
  basename: '/',
  entry: { module: { default: () => new Response('page') } },
  future: {},
  isSpaMode: false,
  prerender: [],
  publicPath: '/',
  routeDiscovery: { mode: 'initial' },
  routes: { root: { id: 'root', path: '', module: { default: () => null } } },
  ssr: true
};
const app = express();
const server = http.createServer(app);

app.use(createRequestHandler({ build, mode: 'production' }));
new WebSocketServer({ server }).on('connection', (ws) => {
  ws.on('message', (data) => ws.send(`${data}`));
});
const port = await listen(server);
const page = await fetch(`http://127.0.0.1:${port}/`);
if ((await page.text()) !== 'page') throw new Error('there is no page');
end(await ask(`ws://127.0.0.1:${port}/`, 'hello'));
