'use strict';

const assert = require('node:assert/strict');
const { createHash } = require('node:crypto');
const { once } = require('node:events');
const net = require('node:net');
const { test } = require('node:test');

const { WebSocket, WebSocketServer, extension } = require('ws');

const upgrade = require('./upgrade.json');
const response = require('./response.json');

/** The header fields of a message: `[name, value]`, a name as often as needed. */
function fields(defaults, headers) {
  return Object.entries({ ...defaults, ...headers }).flatMap(([name, value]) =>
    value === null ? [] : [value].flat().map((one) => [name, one])
  );
}

function message(startLine, fields) {
  const lines = fields.map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([startLine, ...lines, '', ''].join('\r\n'), 'latin1');
}

function paramsOf(value) {
  if (value === undefined) return undefined;
  const [params] = extension.parse(value)['permessage-deflate'];
  return Object.fromEntries(
    Object.entries(params).map(([name, [value]]) => [
      name,
      value === true ? true : Number(value)
    ])
  );
}

/** Sends a request and reads the response up to the end of its header. */
async function exchange(port, request) {
  const socket = net.connect(port, '127.0.0.1');
  socket.end(request);
  let text = '';
  for await (const chunk of socket) text += chunk.toString('latin1');
  const [head, body] = text.split('\r\n\r\n');
  const [statusLine, ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => line.toLowerCase().split(': ', 1).concat(line))
  );
  const header = (name) => headers[name]?.slice(name.length + 2);
  return { status: Number(statusLine.split(' ')[1]), header, body };
}

const serverErrors = {
  'not an upgrade': 'Upgrade Required',
  method: 'Invalid HTTP method',
  upgrade: 'Invalid Upgrade header',
  key: 'Missing or invalid Sec-WebSocket-Key header',
  version: 'Missing or invalid Sec-WebSocket-Version header',
  protocol: 'Invalid Sec-WebSocket-Protocol header',
  extensions: 'Invalid or unacceptable Sec-WebSocket-Extensions header'
};

test('a stock ws server answers the requests alike', async (t) => {
  for (const row of upgrade.rows) {
    const { method = 'GET', headers, deflate = false, ...rest } = row;
    const expected = rest.ws ?? rest;
    await t.test(JSON.stringify(row), async () => {
      const server = new WebSocketServer({
        host: '127.0.0.1',
        port: 0,
        perMessageDeflate: deflate
      });
      let offered;
      server.options.handleProtocols = (names) => {
        offered = [...names];
        return false;
      };
      await once(server, 'listening');
      const request = message(
        `${method} / HTTP/1.1`,
        fields(upgrade.defaults, headers)
      );
      const { status, header, body } = await exchange(
        server.address().port,
        request
      );
      server.close();

      assert.equal(status, expected.status);
      if (status !== 101) {
        assert.equal(body, serverErrors[expected.error]);
        assert.equal(
          header('sec-websocket-version'),
          expected.error === 'version' ? '13, 8' : undefined
        );
        return;
      }
      if (expected.accept) {
        assert.equal(header('sec-websocket-accept'), expected.accept);
      }
      assert.deepEqual(offered, expected.subprotocols);
      assert.deepEqual(
        paramsOf(header('sec-websocket-extensions')),
        expected.params
      );
    });
  }
});

const clientErrors = {
  status: /^Unexpected server response: \d+$/,
  upgrade: /^Invalid Upgrade header$/,
  accept: /^Invalid Sec-WebSocket-Accept header$/,
  'unrequested subprotocol':
    /^Server sent a subprotocol but none was requested$/,
  'missing subprotocol': /^Server sent no subprotocol$/,
  'invalid subprotocol': /^Server sent an invalid subprotocol$/,
  'unrequested extension': /extension (that )?was (not )?requested$/,
  extensions: /^Invalid Sec-WebSocket-Extensions header$/
};

test('a stock ws client judges the responses alike', async (t) => {
  let row;
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (request) => {
      const [, key] = /^sec-websocket-key: (.*)\r$/im.exec(request);
      const accept = createHash('sha1')
        .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64');
      const head = fields(response.defaults, row.headers);
      socket.end(
        message(
          `HTTP/1.1 ${row.status ?? 101} X`,
          head.map(([name, value]) => [name, value.replace('{accept}', accept)])
        )
      );
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());

  for (row of response.rows) {
    await t.test(JSON.stringify(row), async () => {
      const ws = new WebSocket(
        `ws://127.0.0.1:${server.address().port}`,
        row.requested ?? [],
        { perMessageDeflate: row.deflate ?? false }
      );
      if (row.error) {
        const [err] = await once(ws, 'error');
        assert.match(err.message, clientErrors[row.error]);
        return;
      }
      await once(ws, 'open');
      assert.equal(ws.protocol, row.subprotocol ?? '');
      const { 'permessage-deflate': pmd } = ws._extensions;
      assert.deepEqual(pmd && { ...pmd.params }, row.params);
      ws.terminate();
    });
  }
});
