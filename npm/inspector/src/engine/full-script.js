/** The page's way to the full module. */

import { loadBeside } from './beside.js';

let loading = null;

/** The module as the build puts it into a script. */
export function loadFull() {
  loading ??= loadBeside(
    'full.js',
    'full.js, which reads such files, could not be loaded: it must lie beside inspector.js'
  )
    .then(() => globalThis.framewrightFull)
    .catch((error) => {
      // Another try may do better.
      loading = null;
      throw error;
    });
  return loading;
}
