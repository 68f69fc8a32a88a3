/**
 * The page's way to the full module: a script beside its own, which also works
 * from file://.
 */

import { scriptUrl } from './start-worker.js';

// Known only while this script runs.
const own = document.currentScript?.src ?? document.baseURI;
let loading = null;

/** The module as the build puts it into a script. */
export function loadFull() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');

    script.src = scriptUrl(new URL('full.js', own).href);
    script.onload = () => resolve(globalThis.framewrightFull);
    script.onerror = () => {
      // Another try may do better.
      loading = null;
      script.remove();
      reject(
        new Error(
          'full.js, which reads such files, could not be loaded: it must lie beside inspector.js'
        )
      );
    };
    document.head.append(script);
  });
  return loading;
}
