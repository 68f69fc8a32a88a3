import { fieldsFromTable } from '../model/fields.js';
import { turn } from './turn.js';

/** What the page asks of the capture that is open; nothing here changes it. */
export class Answers {
  /** The engine of the capture that is open. */
  engine = null;
  /** The live stream that feeds it, if one does. */
  feed = null;

  frame(id) {
    const frame = this.engine.frame(id);
    if (!frame) return null;
    return {
      ...frame,
      fields: fieldsFromTable(frame.fields),
      firstUnmasked: frame.isMasked
        ? this.engine.bytes(id, 0, frame.first.length, true)
        : frame.first
    };
  }

  bytes(id, start, end, unmask) {
    return this.engine.bytes(id, start, end, unmask);
  }

  message(id) {
    const message = this.engine.message(id);
    if (!message) return null;
    const { conn } = this.engine.frame(id);
    return { ...message, conn, subprotocol: this.#subprotocol(conn) };
  }

  /** What was agreed on, also in a handshake that the stream lacks. */
  #subprotocol(conn) {
    const { subprotocol, response } = this.connection(conn);
    const field = response?.fields.find(
      ({ name }) => name.toLowerCase() === 'sec-websocket-protocol'
    );
    return subprotocol ?? field?.value ?? null;
  }

  connection(id) {
    const facts = this.engine.connection(id);
    return facts && { ...facts, ...this.feed?.handshakeOf(id) };
  }

  /** What tells a connection from others: `{ client, agent, firstText }`. */
  about(id) {
    const facts = this.connection(id);
    if (!facts) return null;
    const agent = facts.request?.fields.find(
      ({ name }) => name.toLowerCase() === 'user-agent'
    );
    return {
      client: facts.client,
      agent: agent?.value ?? null,
      firstText: this.engine.firstText(id) ?? null
    };
  }

  findings(start, count, conn, rule) {
    return this.engine.findings(start, count, conn ?? -1, rule ?? '');
  }

  timing(id) {
    return this.engine.timing(id);
  }

  diagnose(id) {
    return this.engine.diagnose(id);
  }

  /**
   * Writes a file: `{ blob, extension }`. Other calls get their turn between
   * its parts.
   */
  async export({ format, shownOnly, secrets, payloads, jsonKeys, patterns }) {
    const engine = this.engine;
    const { extension, type } = engine.beginExport(
      format,
      shownOnly,
      secrets,
      payloads,
      jsonKeys,
      patterns
    );
    const parts = [];
    for (;;) {
      if (engine !== this.engine) throw new Error('another capture was opened');
      const part = engine.exportStep();
      if (!part) return { blob: new Blob(parts, { type }), extension };
      parts.push(part);
      await turn();
    }
  }

  timeline(lanes, buckets) {
    const [start, end] = this.engine.timeSpan();
    if (start === undefined) return null;
    const counts = this.engine.timeline(
      Uint32Array.from(lanes),
      buckets,
      start,
      end
    );
    return { start, end, counts };
  }
}
