import { microPart } from './lib/micro.mjs';

/** S: ws's `Sender` class alone, as a client's. */
export const sender = microPart(
  'sender',
  'Sender of a client alone, time a message',
  [
    ['S1', 'text-64', '64 bytes masked, a string', 1.3],
    ['S1b', 'text-16KiB', '16 KiB masked, a string', 1.5],
    ['S1c', 'text-1MiB', '1 MiB masked, a string', 1.5],
    ['S1d', 'buffer-64', '64 bytes masked, a Buffer', 1.3],
    ['S1e', 'buffer-16KiB', '16 KiB masked, a Buffer', 1.5],
    ['S1f', 'buffer-1MiB', '1 MiB masked, a Buffer', 1.5]
  ]
);
