import { broadcast } from './broadcast.mjs';
import { codec } from './codec.mjs';
import { connections } from './connections.mjs';
import { deflate } from './deflate.mjs';
import { echo } from './echo.mjs';
import { handshakes } from './handshakes.mjs';
import { slow } from './slow.mjs';
import { tap } from './tap.mjs';
import { latency } from './latency.mjs';
import { memory } from './memory.mjs';
import { receiver } from './receiver.mjs';
import { sender } from './sender.mjs';
import { wasm } from './wasm.mjs';

/** Every part, in the order they run. */
export const PARTS = [
  echo,
  latency,
  connections,
  handshakes,
  receiver,
  sender,
  broadcast,
  deflate,
  tap,
  memory,
  slow,
  codec,
  wasm
];
