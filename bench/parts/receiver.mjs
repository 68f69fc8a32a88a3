import { microPart } from './lib/micro.mjs';

/** R: ws's `Receiver` class alone. */
export const receiver = microPart(
  'receiver',
  'Receiver alone, time a chunk (a message where it takes many chunks)',
  [
    ['R1', '1x16', '1 × 16 bytes a chunk', 2],
    ['R1b', '1x125', '1 × 125 bytes a chunk'],
    ['R1c', '1x1KiB', '1 × 1 KiB a chunk'],
    ['R2', '100x16', '100 × 16 bytes a chunk', 4],
    ['R2b', '400x125', '400 × 125 bytes a chunk', 4],
    ['R3', '1MiB/64KiB', '1 MiB masked text in 64 KiB chunks', 2]
  ]
);
