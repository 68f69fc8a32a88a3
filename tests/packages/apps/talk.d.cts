import type { Server } from 'http';
import type WebSocket = require('ws');
import type framewright = require('framewright');

declare function talk(
  server: Server,
  client: typeof WebSocket,
  status: () => framewright.Status
): void;

export = talk;
