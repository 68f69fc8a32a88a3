// Upgrade requests that are meant to break the server.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';

const USUAL = {
  Host: '127.0.0.1',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
  'X-Id': 'handshake'
};
const EXTENSIONS = 'Sec-WebSocket-Extensions';
const PROTOCOL = 'Sec-WebSocket-Protocol';

export const handshakes = [
  refused('an extension `,;constructor`', { [EXTENSIONS]: ',;constructor' }),
  granted('an extension `constructor`', { [EXTENSIONS]: 'constructor' }),
  granted('an extension `__proto__`', { [EXTENSIONS]: '__proto__; a=1' }),
  refused('100,000 extensions and then none', {
    [EXTENSIONS]: 'a,'.repeat(100_000)
  }),
  refused('a subprotocol with 32,000 spaces after it', {
    [PROTOCOL]: `a${' '.repeat(32_000)}b`
  }),
  refused('a subprotocol named twice', { [PROTOCOL]: 'a, b, a' }),
  refused('bytes beyond ASCII in the subprotocol', { [PROTOCOL]: 'caf\xe9' }),
  refused('bytes beyond ASCII in the extensions', { [EXTENSIONS]: '\xff' }),
  refused('bytes beyond ASCII in the key', {
    'Sec-WebSocket-Key': '\xe9'.repeat(24)
  }),
  {
    name: '2,000 header fields in front of `Upgrade`',
    expected: 'refused',
    mib: 32,
    async attack(attacked) {
      const many = Array.from({ length: 2000 }, (_, i) => [`X-${i}`, '']);
      const status = await request(attacked, {
        ...Object.fromEntries(many),
        ...USUAL
      });
      // What is cut off may be what makes it an upgrade: then it's answered as any other request.
      assert.ok([400, 426, null].includes(status), `status ${status}`);
    }
  },
  ...[
    ['`server_max_window_bits` of 7', 'server_max_window_bits=7'],
    ['`server_max_window_bits` of 16', 'server_max_window_bits=16'],
    ['`client_max_window_bits` of 16', 'client_max_window_bits=16'],
    ['`server_max_window_bits` without a value', 'server_max_window_bits'],
    [
      '`server_max_window_bits` given twice',
      'server_max_window_bits=9; server_max_window_bits=9'
    ],
    [
      '`client_no_context_takeover` with a value',
      'client_no_context_takeover=1'
    ],
    ['a parameter that nobody knows', 'unknown']
  ].map(([name, params]) =>
    refused(name, { [EXTENSIONS]: `permessage-deflate; ${params}` }, 'deflate')
  )
];

function refused(name, headers, server) {
  return answered(name, headers, 400, server);
}

function granted(name, headers) {
  return answered(name, headers, 101, 'deflate');
}

function answered(name, headers, expected, server = 'deflate') {
  return {
    name,
    expected: `${expected}`,
    mib: 32,
    async attack(attacked) {
      const status = await request(
        attacked,
        { ...USUAL, ...headers },
        server,
        expected === 101
      );
      assert.equal(status, expected);
    }
  };
}

/** Sends a request, and returns the response's status, or null for none. */
async function request(attacked, headers, server = 'deflate', opens = false) {
  const socket = net.connect(attacked.ports[server], '127.0.0.1');
  let response = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => (response += chunk));
  await once(socket, 'connect');
  const lines = Object.entries(headers).map(
    ([name, value]) => `${name}: ${value}`
  );
  socket.write(['GET / HTTP/1.1', ...lines, '', ''].join('\r\n'), 'latin1');
  while (!response.includes('\r\n\r\n') && !socket.destroyed) {
    await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  }
  socket.destroy();
  if (opens) await attacked.call('closed', { id: headers['X-Id'] });
  const match = /^HTTP\/1\.1 (\d+)/.exec(response);
  return match && Number(match[1]);
}
