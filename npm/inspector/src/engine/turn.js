const turns = new MessageChannel();
const waiting = [];
turns.port1.onmessage = () => waiting.shift()();

/**
 * Lets messages that wait have their turn. Browsers make timers wait for 4 ms
 * where they are set again and again.
 */
export function turn() {
  turns.port2.postMessage(null);
  return new Promise((resolve) => waiting.push(resolve));
}
