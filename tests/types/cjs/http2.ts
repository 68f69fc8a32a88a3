// framewright/http2's types, in CommonJS.
import http2 = require('http2');

import { acceptWebSockets } from 'framewright/http2';
import ws = require('ws');

const server = http2.createSecureServer({ allowHTTP1: true });
const end: () => void = acceptWebSockets(server);
end();
acceptWebSockets(http2.createServer());

// @ts-expect-error It takes connections of its own.
acceptWebSockets(new ws.WebSocketServer({ port: 0 }));
