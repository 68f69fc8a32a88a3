// framewright/metrics' types, in CommonJS.
import { metrics, opentelemetry, prometheus } from 'framewright/metrics';
import framewright = require('framewright');
import client = require('prom-client');
import ws = require('ws');

const server = new ws.WebSocketServer({ noServer: true });
const counting = metrics([server], { messages: false });
const end = prometheus(counting, {
  client,
  register: new client.Registry(),
  prefix: 'ws_'
});
end();
opentelemetry(counting, { spans: false })();
const { connections, received } = counting.snapshot();
const closed: number | undefined = connections.closed['1000'];
const bytes: number = received.text.bytes;
counting.connection(new ws('ws://127.0.0.1'))?.sent.wireBytes;
const kept = framewright.status().metrics?.[0]?.bufferedBytes;

// @ts-expect-error There is no such option.
metrics(server, { message: true });
// @ts-expect-error There is no such option.
prometheus(counting, { prefixes: '' });
void [closed, bytes, kept];
