import { receiver } from './receiver.mjs';

/** Every part, in the order they run. */
export const PARTS = [receiver];
