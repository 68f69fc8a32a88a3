/** Loads scripts that lie beside the page's own, which also works from file://. */

import { scriptUrl } from './start-worker.js';

// Known only while this script runs.
const own = document.currentScript?.src ?? document.baseURI;

/** Resolves once a script has run; `problem` says what is wrong where it isn't there. */
export function loadBeside(file, problem) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');

    script.src = scriptUrl(new URL(file, own).href);
    script.onload = () => resolve();
    script.onerror = () => {
      script.remove();
      reject(new Error(problem));
    };
    document.head.append(script);
  });
}
