/** The worker that owns the capture: everything heavy happens here. */

import init, { Engine } from '../../wasm/engine.js';
import wasm from '../../wasm/engine_bg.wasm';
import sample from 'sample:';

import { inlineWasm } from '../inline-wasm.js';
import { fieldsFromTable } from '../model/fields.js';
import { rowsFromTable } from '../model/rows.js';
import { LiveDecoder } from '../live/decoder.js';
import { LiveFeed } from './live-feed.js';
import { emit, serve } from './rpc.js';

/** Frames matched against the filter before other calls get their turn. */
const SCAN_LEN = 20_000;
/** At most one report to the page in this time, in ms. */
const REPORT_MS = 80;
/** What is kept of a live capture unless all is, in octets. */
const LIVE_KEPT_LEN = 512 * 1024 * 1024;

const ready = init({ module_or_path: inlineWasm(wasm) });

class EngineWorker {
  #engine = null;
  #version = 0;
  #live = null;
  #reportTimer = null;
  #isScanning = false;
  #conn = -1;

  /** Empties everything. */
  async reset({ isLive = false } = {}) {
    await ready;
    this.#engine?.free();
    this.#engine = new Engine(isLive ? LIVE_KEPT_LEN : Infinity);
    this.#live = null;
    this.#conn = -1;
    this.#version++;
    this.#changed();
  }

  async openSample() {
    const octets = Uint8Array.from(atob(sample), (char) => char.charCodeAt(0));
    return this.open(octets, 'Sample session');
  }

  /** Opens a file's octets in place of what is there. */
  async open(octets, name) {
    await this.reset();
    const feed = new LiveFeed(this.#engine);
    if (LiveDecoder.matches(octets)) {
      feed.push(octets);
      this.#changed();
      return { name, format: 'live stream', notes: [] };
    }
    throw new Error('the format is not known');
  }

  /** Shows one connection, or all with null. */
  setFilter(conn) {
    this.#conn = conn ?? -1;
    this.#engine.setFilter(this.#conn);
    this.#version++;
    this.#changed();
    return this.#version;
  }

  rows(start, count, version) {
    if (version !== this.#version) return null;
    const rows = this.#engine.rows(start, count);
    try {
      return rowsFromTable(rows.table, rows.previews);
    } finally {
      rows.free();
    }
  }

  rowOf(frame) {
    return this.#engine.rowOf(frame);
  }

  rowAt(time) {
    return this.#engine.rowAt(time);
  }

  frame(id) {
    const frame = this.#engine.frame(id);
    if (!frame) return null;
    return {
      ...frame,
      fields: fieldsFromTable(frame.fields),
      firstUnmasked: frame.isMasked
        ? this.#engine.octets(id, 0, frame.first.length, true)
        : frame.first
    };
  }

  octets(id, start, end, unmask) {
    return this.#engine.octets(id, start, end, unmask);
  }

  message(id) {
    return this.#engine.message(id);
  }

  connection(id) {
    return this.#engine.connection(id);
  }

  findings(start, count, conn, rule) {
    return this.#engine.findings(start, count, conn ?? -1, rule ?? '');
  }

  timeline(lanes, buckets) {
    const [start, end] = this.#engine.timeSpan();
    if (start === undefined) return null;
    const counts = this.#engine.timeline(
      Uint32Array.from(lanes),
      buckets,
      start,
      end
    );
    return { start, end, counts };
  }

  #changed() {
    this.#scan();
    this.#reportTimer ??= setTimeout(() => this.#report(), 0);
  }

  /** Matches frames against the filter, a slice at a time. */
  async #scan() {
    if (this.#isScanning) return;
    this.#isScanning = true;
    while (!this.#engine.scan(SCAN_LEN)) {
      this.#reportTimer ??= setTimeout(() => this.#report(), REPORT_MS);
      await turn();
    }
    this.#isScanning = false;
  }

  #report() {
    this.#reportTimer = null;
    const engine = this.#engine;
    const [
      frames,
      held,
      connections,
      findings,
      keptLen,
      droppedFrames,
      droppedMessages,
      droppedOctets,
      droppedFindings,
      droppedConnections,
      rows,
      rowsEvicted
    ] = engine.totals();
    emit('status', {
      version: this.#version,
      rows,
      rowsEvicted,
      frames,
      held,
      findings,
      keptLen,
      dropped: {
        frames: droppedFrames,
        messages: droppedMessages,
        octets: droppedOctets,
        findings: droppedFindings,
        connections: droppedConnections
      },
      connections: engine.connections(0, connections),
      rules: engine.findingRules(this.#conn),
      isScanning: this.#isScanning
    });
  }
}

/** Lets messages that wait have their turn. */
function turn() {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

serve(new EngineWorker());
