/** The HTTP heads of an opening handshake, with more fields where they are given. */
export function handshake({ path = '/', host = 'app.test', agent, agreed }) {
  const field = (name, value) => (value ? [`${name}: ${value}`] : []);
  return {
    request: head([
      `GET ${path} HTTP/1.1`,
      `Host: ${host}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...field('User-Agent', agent)
    ]),
    response: head([
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      ...field('Sec-WebSocket-Protocol', agreed)
    ])
  };
}

function head(lines) {
  return `${lines.join('\r\n')}\r\n\r\n`;
}
