import { microPart } from './lib/micro.mjs';

/** W: the codec as WebAssembly beside the same codec as an addon. */
export const wasm = microPart(
  'wasm',
  'Receiver on WebAssembly beside the addon, time a chunk',
  [
    ['W1', '100x16', '100 × 16 bytes a chunk', 0.5],
    ['W1b', '1x125', '1 × 125 bytes a chunk', 0.5],
    ['W1c', '1MiB/64KiB', '1 MiB masked text in 64 KiB chunks', 0.5]
  ],
  { worker: 'receiver', beside: ['framewright', 'framewright/wasm'] }
);
