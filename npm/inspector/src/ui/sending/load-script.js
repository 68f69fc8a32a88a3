/** The page's way to the sending bar: a script beside its own. */

import { loadBeside } from '../../engine/beside.js';

export async function loadSending() {
  await loadBeside(
    'sending.js',
    'sending.js, which sends messages, could not be loaded: it must lie beside inspector.js'
  );
  return globalThis.framewrightSending;
}
