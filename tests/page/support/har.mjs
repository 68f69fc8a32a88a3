/** A HAR of connections to these hosts, with a message each. */
export function har(...hosts) {
  const entries = hosts.map((host, at) => ({
    _resourceType: 'websocket',
    startedDateTime: '2026-01-01T00:00:00.000Z',
    request: { url: `ws://${host}.test/`, headers: [] },
    response: { status: 101, headers: [] },
    _webSocketMessages: [
      { type: 'send', time: 1767225600 + at, opcode: 1, data: host }
    ]
  }));
  return Buffer.from(JSON.stringify({ log: { entries } }));
}
