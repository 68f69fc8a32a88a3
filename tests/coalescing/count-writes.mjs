// What reaches the kernel, write by write.

/**
 * Counts the calls of a connection over TCP that hand frames to the kernel. Stock ws corks the header
 * and the payload of a frame, which makes one call of them.
 *
 * @param {import('ws').WebSocket} ws
 */
export function countWrites(ws) {
  const counter = { count: 0 };
  const handle = ws._socket._handle;
  for (const name of [
    'writeBuffer',
    'writeLatin1String',
    'writeUtf8String',
    'writev'
  ]) {
    const method = handle[name];
    handle[name] = function (...args) {
      counter.count++;
      return method.apply(this, args);
    };
  }
  return counter;
}
