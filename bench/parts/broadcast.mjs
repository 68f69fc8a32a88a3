import { Server } from '../harness/server.mjs';
import { measureRate, prepareLoad } from './lib/load.mjs';

const CLIENTS = 500;

const cell = (code, batch, title, target) => ({
  code,
  title: `${title} to ${CLIENTS} clients, 64 bytes text`,
  unit: 'msg/s',
  better: 'more',
  target: { peer: 'framewright/broadcast', toBase: target },
  load: { connections: CLIENTS, batch, 'payload-len': 64 }
});

/** B: what one client publishes goes to all of them. */
export const broadcast = {
  name: 'broadcast',
  title: 'Broadcast, messages delivered a second',
  base: 'ws',
  ceiling: 'raw',
  cells: () => [
    cell('B1', 1, '1 message', 1.35),
    cell('B2', 8, '8 messages a tick', 9)
  ],
  peers: () => [
    'ws',
    'ws-again',
    'framewright',
    'framewright/broadcast',
    'raw',
    'bun'
  ],
  prepare: prepareLoad,
  open: (peer, _, { node }) => Server.open(peer, 'broadcast', node),
  measure: (server, cell, context) =>
    measureRate('broadcast', server, cell, context)
};
