/**
 * The page's way to what it needs later: scripts beside its own, which also
 * works from file://.
 */

import { scriptUrl } from '../engine/start-worker.js';

// Known only while this script runs.
const own = document.currentScript?.src ?? document.baseURI;
const loading = new Map();

/** The module that reads some files, as the build puts it into a script. */
export async function loadFull() {
  await load('full.js', 'which reads such files');
  return globalThis.framewrightFull;
}

/** The script of the worker with all decoders. */
export async function loadDecoders() {
  await load('decoders.js', 'which decodes such payloads');
  return globalThis.framewrightDecoders;
}

/** The bar that sends messages through a proxy. */
export async function loadSending() {
  await load('sending.js', 'which sends messages');
  return globalThis.framewrightSending;
}

function load(file, what) {
  if (!loading.has(file)) loading.set(file, append(file, what));
  return loading.get(file);
}

function append(file, what) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');

    script.src = scriptUrl(new URL(file, own).href);
    script.onload = resolve;
    script.onerror = () => {
      // Another try may do better.
      loading.delete(file);
      script.remove();
      reject(
        new Error(
          `${file}, ${what}, could not be loaded: it must lie beside inspector.js`
        )
      );
    };
    document.head.append(script);
  });
}
