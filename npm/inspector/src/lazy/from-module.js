/** The element's way to what it needs later, which bundlers understand. */

/** The module that reads some files, as the build puts it into a script. */
export async function loadFull() {
  return (await import('./full.js')).default;
}

/** The script of the worker with all decoders. */
export async function loadDecoders() {
  return (await import('./decoders.js')).default;
}

/** The bar that sends messages through a proxy. */
export async function loadSending() {
  return (await import('./sending.js')).default;
}
