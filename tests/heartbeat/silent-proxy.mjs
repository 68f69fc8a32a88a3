// A TCP proxy that can fall silent, as if somebody had pulled the cable: nothing gets through, and nobody is told.

import { once } from 'node:events';
import net from 'node:net';

/** @param {number} port Of the server, on this machine */
export async function startSilentProxy(port) {
  const links = [];
  const listener = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1');
    const link = { near, far, isSilent: false };
    links.push(link);
    for (const [from, to] of [
      [near, far],
      [far, near]
    ]) {
      from.on('error', () => {});
      from.on('data', (chunk) => {
        if (!link.isSilent) to.write(chunk);
      });
      from.on('close', () => {
        if (!link.isSilent) to.destroy();
      });
    }
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');

  return {
    listener,
    port: listener.address().port,
    /** Pulls the cable of the nth connection. */
    silence(n) {
      links[n].isSilent = true;
    },
    close() {
      for (const { near, far } of links) {
        near.destroy();
        far.destroy();
      }
      listener.close();
    }
  };
}
