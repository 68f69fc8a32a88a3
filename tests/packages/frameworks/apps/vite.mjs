import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer } from 'vite';
import { ask, end } from './talk.mjs';

const server = await createServer({
  configFile: false,
  logLevel: 'silent',
  root: mkdtempSync(path.join(tmpdir(), 'framewright-vite-')),
  server: { host: '127.0.0.1', port: 0 }
});
await server.listen();
const { port } = server.httpServer.address();
const { webSocketToken: token } = server.config;
end(
  JSON.parse(
    await ask(`ws://127.0.0.1:${port}/?token=${token}`, undefined, 'vite-hmr')
  ).type
);
