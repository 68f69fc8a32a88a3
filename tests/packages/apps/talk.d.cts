import type { Server } from 'http';
import type WebSocket = require('ws');
import type framewright = require('framewright');

declare function talk(
  server: Server,
  client: new (url: string) => WebSocket,
  status: () => framewright.Status
): void;

export = talk;
