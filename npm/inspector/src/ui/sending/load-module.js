/** The element's way to the sending bar, which bundlers understand. */

export async function loadSending() {
  return (await import('./sending.js')).default;
}
