'use strict';

/** Makes a span of each connection, from its handshake to its end. */
class Spans {
  #api;
  #listeners;
  #metrics;
  #spans = new Map();
  #tracer;

  /**
   * @param {Metrics} metrics The metrics that report connections
   * @param {Object} api The module `@opentelemetry/api`
   * @param {Tracer} tracer The tracer that makes spans
   */
  constructor(metrics, api, tracer) {
    this.#api = api;
    this.#metrics = metrics;
    this.#tracer = tracer;
    this.#listeners = {
      open: (ws, req) => this.#start(ws, req),
      failed: (ws, err) => this.#fail(ws, err),
      close: (ws, code) => this.#end(ws, code)
    };

    for (const [event, listener] of Object.entries(this.#listeners)) {
      metrics.on(event, listener);
    }
  }

  /** Ends all spans, and makes no more. */
  close() {
    for (const [event, listener] of Object.entries(this.#listeners)) {
      this.#metrics.off(event, listener);
    }
    for (const span of this.#spans.values()) span.end();
    this.#spans.clear();
  }

  #start(ws, req) {
    const { propagation, ROOT_CONTEXT, SpanKind } = this.#api;
    const attributes = { 'network.protocol.name': 'websocket' };

    if (req) {
      attributes['url.path'] = req.url.split('?', 1)[0];
      attributes['client.address'] = req.socket?.remoteAddress;
    }
    if (ws.protocol) attributes['websocket.subprotocol'] = ws.protocol;

    this.#spans.set(
      ws,
      this.#tracer.startSpan(
        'websocket',
        { attributes, kind: req ? SpanKind.SERVER : SpanKind.CLIENT },
        // Whoever sent the request may have said which trace it is part of.
        propagation.extract(ROOT_CONTEXT, req?.headers ?? {})
      )
    );
  }

  #fail(ws, err) {
    const span = this.#spans.get(ws);

    if (span === undefined) return;

    span.recordException(err);
    span.setStatus({
      code: this.#api.SpanStatusCode.ERROR,
      message: err?.message
    });
    if (err?.code) span.setAttribute('error.type', err.code);
  }

  #end(ws, code) {
    const span = this.#spans.get(ws);

    if (span === undefined) return;

    const { received, sent } = this.#metrics.connection(ws);

    span.setAttributes({
      'websocket.close.code': code,
      'websocket.received.messages':
        received.text.messages + received.binary.messages,
      'websocket.sent.messages': sent.text.messages + sent.binary.messages
    });
    span.end();
    this.#spans.delete(ws);
  }
}

module.exports = Spans;
