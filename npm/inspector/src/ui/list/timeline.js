import { LitElement, css, html, nothing } from 'lit';

import { duration, plural } from '../../model/format.js';
import { basics } from '../parts/theme.js';

const LANE_HEIGHT = 26;
const BUCKET_WIDTH = 3;
const COLUMNS = 3;
/** At either side, so that the first and last marks are whole, in px. */
const MARGIN = 8;

/**
 * Frames over time, a lane for each connection: above the line those from the
 * client, below it those from the server, a mark where there are findings.
 *
 * `data` is `{ start, end, buckets, lanes: [{ name, id }], counts }`. Fires
 * `choose-time` with a time in ns.
 */
export class Timeline extends LitElement {
  static properties = {
    data: { attribute: false },
    /** The selected frame's time, in ns. */
    time: { attribute: false },
    width: { state: true }
  };

  static styles = [
    basics,
    css`
      :host {
        display: block;
        position: relative;
        border-bottom: 1px solid var(--line);
        background: var(--surface);
      }
      .area {
        position: relative;
        margin: 0 8px;
        cursor: crosshair;
      }
      canvas {
        display: block;
        width: 100%;
      }
      .cursor {
        position: absolute;
        top: 0;
        bottom: 0;
        width: 2px;
        background: var(--accent);
        pointer-events: none;
      }
      .scale {
        display: flex;
        justify-content: space-between;
        padding: 0 6px 2px;
        color: var(--muted);
        font: 10.5px/1.3 var(--mono);
      }
      .names {
        position: absolute;
        inset: 0 auto auto 6px;
        pointer-events: none;
        font-size: 10.5px;
        color: var(--muted);
      }
      .names div {
        height: 26px;
        max-width: 220px;
        overflow: hidden;
        white-space: nowrap;
        text-overflow: ellipsis;
      }
      .names span {
        padding: 0 3px;
        border-radius: 3px;
        background: color-mix(in srgb, var(--surface) 80%, transparent);
      }
    `
  ];

  #resizes = new ResizeObserver(([{ contentRect }]) => {
    this.width = Math.max(0, Math.floor(contentRect.width) - 2 * MARGIN);
    this.dispatchEvent(
      new CustomEvent('resize-timeline', {
        detail: { buckets: Math.max(1, Math.floor(this.width / BUCKET_WIDTH)) }
      })
    );
  });

  constructor() {
    super();
    this.data = null;
    this.time = null;
    this.width = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#resizes.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#resizes.disconnect();
  }

  render() {
    const { data } = this;
    if (!data) return nothing;
    const span = data.end - data.start;
    const at = this.time === null ? null : (this.time - data.start) / span;
    return html`<div
        class="area"
        role="slider"
        tabindex="0"
        aria-label="Timeline"
        aria-valuemin="0"
        aria-valuemax=${span / 1e6}
        aria-valuenow=${((this.time ?? data.start) - data.start) / 1e6}
        aria-valuetext=${this.#describe()}
        @pointerdown=${this.#onPointer}
        @pointermove=${this.#onPointer}
        @keydown=${this.#onKey}
      >
        <canvas></canvas>
        ${
          data.lanes.length > 1
            ? html`<div class="names" aria-hidden="true">
                ${data.lanes.map(
                  ({ name }) => html`<div><span>${name}</span></div>`
                )}
              </div>`
            : nothing
        }
        ${
          at === null
            ? nothing
            : html`<div class="cursor" .style=${`left:${at * 100}%`}></div>`
        }
      </div>
      <div class="scale" aria-hidden="true">
        <span>${duration(data.start)}</span>
        <span>▲ client &nbsp; ▼ server &nbsp; ◆ findings</span>
        <span>${duration(data.end)}</span>
      </div>`;
  }

  updated() {
    this.#draw();
  }

  #describe() {
    const time = this.time ?? this.data.start;
    return `${duration(time)}, ${plural(this.data.lanes.length, 'lane')}`;
  }

  #draw() {
    const canvas = this.renderRoot.querySelector('canvas');
    if (!canvas || this.width === 0) return;
    const { lanes, buckets, counts } = this.data;
    const ratio = globalThis.devicePixelRatio || 1;
    const height = lanes.length * LANE_HEIGHT;
    canvas.width = this.width * ratio;
    canvas.height = height * ratio;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    const line = this.#colour('--line');
    const out = this.#colour('--out');
    const into = this.#colour('--in');
    const error = this.#colour('--error');
    const step = this.width / buckets;
    lanes.forEach((_, lane) => {
      const middle = lane * LANE_HEIGHT + LANE_HEIGHT / 2;
      const from = lane * buckets * COLUMNS;
      const row = counts.subarray(from, from + buckets * COLUMNS);
      const scale = (LANE_HEIGHT / 2 - 3) / Math.log2(1 + peak(row));
      context.fillStyle = line;
      context.fillRect(0, middle, this.width, 1);
      for (let bucket = 0; bucket < buckets; bucket++) {
        const [up, down, bad] = row.subarray(bucket * COLUMNS);
        const x = bucket * step;
        const width = Math.max(step - 1, 1);
        bar(context, out, x, middle, width, -scale * log(up));
        bar(context, into, x, middle + 1, width, scale * log(down));
        if (bad > 0) diamond(context, error, x + step / 2, middle);
      }
    });
  }

  /** A canvas needs the colour that the variable comes to. */
  #colour(name) {
    const probe = this.renderRoot.querySelector('.scale');
    probe.style.color = `var(${name})`;
    const { color } = getComputedStyle(probe);
    probe.style.color = '';
    return color;
  }

  #onPointer(event) {
    if (event.buttons !== 1) return;
    const { left, width } = event.currentTarget.getBoundingClientRect();
    this.#choose((event.clientX - left) / width);
  }

  #onKey(event) {
    const { start, end, buckets } = this.data;
    const now = ((this.time ?? start) - start) / (end - start);
    const to = {
      ArrowRight: now + 1 / buckets,
      ArrowLeft: now - 1 / buckets,
      PageDown: now + 0.1,
      PageUp: now - 0.1,
      Home: 0,
      End: 1
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#choose(to);
  }

  #choose(share) {
    const { start, end } = this.data;
    const time = start + Math.min(Math.max(0, share), 1) * (end - start);
    this.dispatchEvent(new CustomEvent('choose-time', { detail: { time } }));
  }
}

function peak(row) {
  let most = 1;
  for (let at = 0; at < row.length; at += COLUMNS)
    most = Math.max(most, row[at], row[at + 1]);
  return most;
}

/** Few frames stay visible beside many. */
function log(value) {
  return Math.log2(1 + value);
}

function bar(context, colour, x, y, width, height) {
  if (height === 0) return;
  context.fillStyle = colour;
  context.fillRect(x, y, width, height);
}

function diamond(context, colour, x, y) {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x, y - 5);
  context.lineTo(x + 5, y);
  context.lineTo(x, y + 5);
  context.lineTo(x - 5, y);
  context.fill();
}

customElements.define('fw-timeline', Timeline);
