import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import webpack from 'webpack';
import WebpackDevServer from 'webpack-dev-server';
import { ask, end } from './talk.mjs';

const context = mkdtempSync(path.join(tmpdir(), 'framewright-webpack-'));

writeFileSync(path.join(context, 'entry.js'), '');
const compiler = webpack({
  context,
  entry: './entry.js',
  infrastructureLogging: { level: 'none' },
  mode: 'development'
});
const server = new WebpackDevServer(
  { allowedHosts: 'all', host: '127.0.0.1', port: 0 },
  compiler
);
await server.start();
const { port } = server.server.address();
end(JSON.parse(await ask(`ws://127.0.0.1:${port}/ws`)).type);
