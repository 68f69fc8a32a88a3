'use strict';

const { once } = require('node:events');
const net = require('node:net');
const tls = require('node:tls');

const { generate } = require('selfsigned');
const websockify = require('framewright/koa');
const WebSocket = require('ws');

const HOST = '127.0.0.1';

const koas = { 'Koa 2': require('koa-2'), 'Koa 3': require('koa') };

let certificate;

/** The options of an HTTPS server with a certificate of its own. */
async function httpsOptions() {
  certificate ??= await generate([{ name: 'commonName', value: 'localhost' }]);
  return { cert: certificate.cert, key: certificate.private };
}

/** An app with WebSockets that keeps its errors in `errors`. */
function makeApp(Koa, wsOptions, httpsOptions) {
  const app = websockify(new Koa(), wsOptions, httpsOptions);
  app.errors = [];
  app.on('error', (err) => app.errors.push(err));
  return app;
}

/**
 * Starts an app and stops it with the test.
 *
 * @param {TestContext} t The test
 * @param {Koa} app An app with WebSockets
 * @return {Promise<Object>} What talks to it
 */
async function start(t, app) {
  const server = app.listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address();
  const secure = server instanceof tls.Server;
  const connections = new Set();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  t.after(() => {
    for (const socket of connections) socket.destroy();
    server.close();
  });

  const connect = () =>
    secure
      ? tls.connect({ port, host: HOST, rejectUnauthorized: false })
      : net.connect(port, HOST);

  /** A ws client. */
  function client(path = '/', protocols = [], options = {}) {
    const url = `${secure ? 'wss' : 'ws'}://${HOST}:${port}${path}`;
    const ws = new WebSocket(url, protocols, {
      rejectUnauthorized: false,
      ...options
    });
    ws.on('error', () => {});
    t.after(() => ws.terminate());
    return ws;
  }

  /** A socket, for those who want to say it themselves. */
  async function socket(text = '') {
    const socket = connect();
    t.after(() => socket.destroy());
    await once(socket, secure ? 'secureConnect' : 'connect');
    socket.write(text);
    return socket;
  }

  /** Sends a request and reads until the server closes the connection. */
  async function exchange(text) {
    let response = '';
    for await (const chunk of await socket(text)) {
      response += chunk.toString('latin1');
    }
    return parse(response);
  }

  return { client, connections, exchange, server, socket };
}

/** An HTTP response without what differs each time. */
function parse(response) {
  const end = response.indexOf('\r\n\r\n');
  const [statusLine, ...lines] = response.slice(0, end).split('\r\n');
  const headers = {};
  for (const line of lines) {
    const [, name, value] = /^([^:]+): (.*)$/.exec(line);
    if (name !== 'Date') (headers[name.toLowerCase()] ??= []).push(value);
  }
  return {
    status: Number(statusLine.split(' ')[1]),
    statusLine,
    headers,
    body: response.slice(end + 4)
  };
}

/**
 * The text of an upgrade request.
 *
 * @param {String} [path] The request's path
 * @param {Object} [headers] Header fields, added to those of a good request or
 *     in their place; `null` leaves one out
 * @param {String} [method] The request's method
 * @return {String} The request
 */
function upgradeRequest(path = '/', headers = {}, method = 'GET') {
  const fields = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...headers
  };
  const lines = Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}

/** Waits until `condition` holds; a test that waits in vain runs into its limit. */
async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The message of a client's next message event. */
async function nextMessage(ws) {
  const [data] = await once(ws, 'message');
  return data.toString();
}

/** The response to a client that isn't let in. */
async function refusal(ws) {
  const [, res] = await once(ws, 'unexpected-response');
  let body = '';
  for await (const chunk of res) body += chunk;
  return { status: res.statusCode, headers: res.headers, body };
}

module.exports = {
  HOST,
  httpsOptions,
  koas,
  makeApp,
  nextMessage,
  refusal,
  start,
  until,
  upgradeRequest
};
