/** The element's way to the full module, which bundlers understand. */

/** The module as the build puts it into a script. */
export async function loadFull() {
  return (await import('./full.js')).default;
}
