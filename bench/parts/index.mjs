import { broadcast } from './broadcast.mjs';
import { echo } from './echo.mjs';
import { latency } from './latency.mjs';
import { memory } from './memory.mjs';
import { receiver } from './receiver.mjs';

/** Every part, in the order they run. */
export const PARTS = [echo, latency, receiver, broadcast, memory];
