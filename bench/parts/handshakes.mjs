import { Server } from '../harness/server.mjs';
import { measureRate, prepareLoad } from './lib/load.mjs';

/** H: how many connections a server can accept. */
export const handshakes = {
  name: 'handshakes',
  title: 'Opening handshakes a second',
  base: 'ws',
  ceiling: 'raw',
  cells: () => [
    {
      code: 'H1',
      title: '64 at a time, each connection closed again',
      unit: 'conn/s',
      better: 'more',
      load: { connections: 64 }
    }
  ],
  peers: () => ['ws', 'ws-again', 'framewright', 'raw', 'bun'],
  prepare: prepareLoad,
  open: (peer, _, { node }) => Server.open(peer, 'echo', node),
  measure: (server, cell, context) =>
    measureRate('handshakes', server, cell, context)
};
