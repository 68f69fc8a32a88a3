// The inspector's types, in CommonJS.
import { createServer } from 'node:http';

import Koa = require('koa');
import inspect = require('framewright/inspect');
import ws = require('ws');

const app = new Koa();
const middleware = inspect(app, { path: '/frames/' });
app.use(middleware);
const path: string = middleware.path;
const address: string | null = middleware.url;
middleware.close();

const server = createServer();
const inspection: inspect.Inspection = inspect(server, {
  bufferLength: 1 << 20,
  hosts: ['dev.example'],
  token: 'sixteen-letters-or-more'
});
if (inspection.url !== null) new URL(inspection.url);
inspection.close();
inspect(new ws.WebSocketServer({ server }));

// @ts-expect-error: nothing that can be inspected
inspect({});
// @ts-expect-error: no such option
inspect(server, { paht: '/frames/' });

void [address, path];
