// The inspector takes ws's servers, as an ES module sees them.
import { createServer } from 'node:http';

import { WebSocketServer as Accelerated } from 'framewright';
import inspect from 'framewright/inspect';
import WebSocket, * as ws from 'ws';
import { WebSocketServer } from 'ws';

class Mine extends WebSocket {}

const server = createServer();
inspect(new WebSocketServer({ server })).close();
inspect(new ws.WebSocketServer({ server }), { path: '/frames/' });
inspect(new WebSocketServer({ server, WebSocket: Mine }));
inspect(new Accelerated({ server }));

// @ts-expect-error It has no such option.
inspect(new WebSocketServer({ server }), { tokn: 'x' });
// @ts-expect-error That is no server.
inspect(new WebSocket('ws://127.0.0.1'));
// @ts-expect-error Nor is that.
inspect({ handleUpgrade() {} });
