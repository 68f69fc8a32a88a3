import { Server } from '../harness/server.mjs';
import { measureRate, prepareLoad } from './lib/load.mjs';

const KIB = 1024;

const cell = (code, connections, inFlight, payloadLen, size, target) => ({
  code,
  title: `${connections} connections × ${inFlight} in flight × ${size} text`,
  unit: 'msg/s',
  better: 'more',
  target,
  // V8 compiles the loop that unmasks long messages late.
  warmup: payloadLen > KIB ? 2000 : 1000,
  load: { connections, 'in-flight': inFlight, 'payload-len': payloadLen }
});

/** E: a server answers each message with itself. */
export const echo = {
  name: 'echo',
  title: 'Echo, messages a second',
  base: 'ws',
  ceiling: 'raw',
  cells: () => [
    cell('E1', 64, 1, 64, '64 bytes', { toBase: 1.4, toCeiling: 1.15 }),
    cell('E2', 256, 32, 64, '64 bytes', { toBase: 18, toCeiling: 0.72 }),
    cell('E3', 64, 16, KIB, '1 KiB', { toBase: 9, toCeiling: 0.75 }),
    cell('E4', 16, 1, 16 * KIB, '16 KiB', { toBase: 1.35 }),
    cell('E5', 4, 1, KIB * KIB, '1 MiB', { toBase: 1.25 })
  ],
  peers: () => ['ws', 'ws-again', 'ws+addons', 'framewright', 'raw', 'bun'],
  prepare: prepareLoad,
  open: (peer, _, { node }) => Server.open(peer, 'echo', node),
  measure: (server, cell, context) => measureRate('echo', server, cell, context)
};
