// framewright/metrics as OpenTelemetry's SDK gets them: metrics, and a span for each connection.

import assert from 'node:assert/strict';
import { it } from 'node:test';

import api from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor
} from '@opentelemetry/sdk-trace-base';
import framewright from 'framewright';
import { metrics, opentelemetry } from 'framewright/metrics';

import { open, until } from '../limits/kit.mjs';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** A server that is counted, and what the SDK has of it. */
async function start(t, options = {}) {
  const exporter = new InMemoryMetricExporter(
    AggregationTemporality.CUMULATIVE
  );
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 3_600_000
  });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const spans = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spans)]
  });
  const server = await open(t, framewright);
  const counting = metrics(server.wss);
  const end = opentelemetry(counting, {
    meter: meterProvider.getMeter('test'),
    tracer: tracerProvider.getTracer('test'),
    ...options
  });
  t.after(async () => {
    counting.close();
    await meterProvider.shutdown();
    await tracerProvider.shutdown();
  });

  return {
    counting,
    end,
    server,
    spans,
    /** By name, the data points of the latest reading. */
    async read() {
      exporter.reset();
      await reader.forceFlush();
      const [{ scopeMetrics }] = exporter.getMetrics();
      return Object.fromEntries(
        scopeMetrics[0].metrics.map(({ dataPoints, descriptor }) => [
          descriptor.name,
          dataPoints.map(({ attributes, value }) => [attributes, value])
        ])
      );
    }
  };
}

it('metrics', { timeout: 60_000 }, async (t) => {
  const scene = await start(t);
  const client = await scene.server.connect();
  await until(() => scene.server.ends.length === 1);
  for (let i = 0; i < 64; i++) client.send('grüße');
  await until(
    () =>
      scene.counting.connection(scene.server.ends[0]).received.text.messages ===
      64
  );
  const read = await scene.read();
  assert.deepEqual(read['framewright.connections'], [[{}, 1]]);
  assert.deepEqual(read['framewright.received.messages'][0], [
    { type: 'text' },
    64
  ]);
  assert.deepEqual(read['framewright.received.payload.bytes'][0], [
    { type: 'text' },
    64 * 7
  ]);
  assert.equal(read['framewright.handler.time'][0][1].count, 1);
  client.close(1000);
  await until(() => scene.counting.open === 0);
  const after = await scene.read();
  assert.deepEqual(after['framewright.connections'], [[{}, 0]]);
  assert.deepEqual(after['framewright.connections.closed'], [
    [{ code: '1000' }, 1]
  ]);
});

it('a span for each connection', { timeout: 60_000 }, async (t) => {
  api.propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  t.after(() => api.propagation.disable());
  const scene = await start(t);
  scene.server.wss.on('connection', (ws) => {
    ws.on('error', () => {});
    ws.on('message', (data) => ws.send(data));
  });
  const { port } = scene.server.wss.address();
  const client = new framewright(`ws://127.0.0.1:${port}/chat?secret=1`, 'a', {
    headers: { traceparent: `00-${TRACE}-b7ad6b7169203331-01` }
  });
  client.on('error', () => {});
  let got = 0;
  client.on('message', () => got++);
  client.on('open', () => client.send('hello'));
  await until(() => got === 1);
  assert.equal(scene.spans.getFinishedSpans().length, 0);
  client.close(4000);
  await until(() => scene.spans.getFinishedSpans().length === 1);

  const bad = await scene.server.connect();
  bad._socket.write(Buffer.from([0xff, 0x80, 0, 0, 0, 0]));
  await until(() => scene.spans.getFinishedSpans().length === 2);

  const [good, failed] = scene.spans.getFinishedSpans();
  assert.equal(good.name, 'websocket');
  assert.equal(good.kind, api.SpanKind.SERVER);
  assert.equal(good.spanContext().traceId, TRACE);
  assert.equal(good.parentSpanContext.spanId, 'b7ad6b7169203331');
  assert.deepEqual(good.attributes, {
    'client.address': '127.0.0.1',
    'network.protocol.name': 'websocket',
    'url.path': '/chat',
    'websocket.close.code': 4000,
    'websocket.received.messages': 1,
    'websocket.sent.messages': 1,
    'websocket.subprotocol': 'a'
  });
  assert.equal(failed.status.code, api.SpanStatusCode.ERROR);
  assert.match(failed.attributes['error.type'], /^WS_ERR_/);
  assert.equal(failed.events[0].name, 'exception');
});

it('ends, and can do without spans', { timeout: 60_000 }, async (t) => {
  const scene = await start(t);
  await scene.server.connect();
  await until(() => scene.counting.open === 1);
  scene.end();
  assert.equal(scene.spans.getFinishedSpans().length, 1);
  await scene.server.connect();
  assert.equal(scene.spans.getFinishedSpans().length, 1);

  const without = await start(t, { spans: false });
  const client = await without.server.connect();
  client.close();
  await until(() => without.counting.open === 0 && without.counting.opened);
  assert.equal(without.spans.getFinishedSpans().length, 0);

  assert.throws(() => opentelemetry(without.counting, { metre: 1 }), {
    name: 'TypeError',
    message: /options\.metre is not an option/
  });
});
