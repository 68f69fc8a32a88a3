/**
 * Pings every client of `server` each `intervalMs`. Browsers answer pings on
 * their own but don't show them to the page, so each answer is followed by a
 * short message from which the page learns that the line is alive, the time here
 * and how long the round trip took. Clients that are gone are for the heartbeat
 * to drop, see protect.mjs.
 *
 * @param {import('ws').WebSocketServer} server
 * @param {number} intervalMs
 * @returns {() => void} stops it
 */
export function keepAlive(server, intervalMs = 15_000) {
  const pingedAt = new WeakMap();

  const ping = (socket) => {
    pingedAt.set(socket, performance.now());
    socket.ping();
  };

  server.on('connection', (socket) => {
    socket.on('pong', () => {
      if (!pingedAt.has(socket)) return;
      const roundTripMs = performance.now() - pingedAt.get(socket);
      pingedAt.delete(socket);
      socket.send(
        JSON.stringify({
          type: 'tick',
          now: Date.now(),
          roundTripMs: Math.round(roundTripMs * 10) / 10
        })
      );
    });
    ping(socket);
  });

  const timer = setInterval(() => {
    for (const socket of server.clients) {
      if (!pingedAt.has(socket)) ping(socket);
    }
  }, intervalMs);

  return () => clearInterval(timer);
}
