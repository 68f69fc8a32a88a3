// An accelerated server in a process of its own, so that its memory is only its own.
//
//   node --expose-gc server-process.mjs '{"maxPayload": 1048576}'
//
// Over IPC it answers 'memory' with its resident bytes, now and at most, and its open contexts; and it tells
// of each connection's end.

import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { accelerate } from 'framewright';
import ws from 'ws';

import { addon } from './contexts.mjs';

accelerate(ws);

const server = new ws.WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  ...JSON.parse(process.argv[2])
});

server.on('listening', () => process.send({ port: server.address().port }));
server.on('connection', (connection) => {
  let error;
  connection.on('error', (err) => (error = err.code));
  connection.on('close', (code) => process.send({ closed: code, error }));
  connection.on('message', (data, isBinary) => {
    connection.send(data, { binary: isBinary });
  });
});

process.on('message', async (message) => {
  // What is garbage by now is nobody's peak.
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await delay(20);
  }
  process.send({ memory: memory(message), contexts: addon.deflateCounters() });
});
process.on('disconnect', () => process.exit());

/** Resident bytes; the peak counts from the last `reset` on, where the system can do that. */
function memory({ reset }) {
  if (process.platform !== 'linux') {
    const peak = process.resourceUsage().maxRSS * 1024;
    return { now: process.memoryUsage.rss(), peak };
  }
  if (reset) writeFileSync('/proc/self/clear_refs', '5');
  const status = readFileSync('/proc/self/status', 'utf8');
  const field = (name) =>
    1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)[1]);
  return { now: field('VmRSS'), peak: field('VmHWM') };
}
