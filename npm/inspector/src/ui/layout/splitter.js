import { LitElement, css } from 'lit';

/** How far a key moves it, in percent. */
const STEP = 2;

/**
 * The line between two panes: dragged, or moved by arrow keys. A double click
 * or Enter puts it back where it began.
 *
 * `position` and the limits are percent of what `within` selects. Fires `move`
 * with the `position`, or null to put it back.
 */
export class Splitter extends LitElement {
  static properties = {
    position: { type: Number },
    min: { type: Number },
    max: { type: Number },
    within: { type: String },
    /** Whether the panes are above each other. */
    isFlat: { type: Boolean, reflect: true, attribute: 'flat' }
  };

  static styles = css`
    :host {
      position: absolute;
      inset: 0 -4px 0 auto;
      z-index: 3;
      width: 8px;
      cursor: col-resize;
      touch-action: none;
    }
    :host([end]) {
      inset: 0 auto 0 -4px;
    }
    :host([flat]) {
      inset: -4px 0 auto 0;
      width: auto;
      height: 8px;
      cursor: row-resize;
    }
    :host(:hover),
    :host(:focus-visible) {
      outline: none;
      background: color-mix(in srgb, var(--accent) 55%, transparent);
    }
  `;

  constructor() {
    super();
    this.position = 50;
    this.min = 10;
    this.max = 90;
    this.within = '';
    this.isFlat = false;
    this.addEventListener('pointerdown', this.#onDown);
    this.addEventListener('pointermove', this.#onMove);
    this.addEventListener('dblclick', () => this.#tell(null));
    this.addEventListener('keydown', this.#onKey);
  }

  connectedCallback() {
    super.connectedCallback();
    this.setAttribute('role', 'separator');
    this.tabIndex = 0;
  }

  updated() {
    this.setAttribute(
      'aria-orientation',
      this.isFlat ? 'horizontal' : 'vertical'
    );
    this.setAttribute('aria-valuenow', String(Math.round(this.position)));
    this.setAttribute('aria-valuemin', String(this.min));
    this.setAttribute('aria-valuemax', String(this.max));
  }

  #onDown(event) {
    event.preventDefault();
    this.focus();
    this.setPointerCapture(event.pointerId);
  }

  #onMove(event) {
    if (!this.hasPointerCapture(event.pointerId)) return;
    const area = this.closest(this.within).getBoundingClientRect();
    const share = this.isFlat
      ? (event.clientY - area.top) / area.height
      : (event.clientX - area.left) / area.width;
    this.#tell(share * 100);
  }

  #onKey(event) {
    const [less, more] = this.isFlat
      ? ['ArrowUp', 'ArrowDown']
      : ['ArrowLeft', 'ArrowRight'];
    const to = {
      [less]: this.position - STEP,
      [more]: this.position + STEP,
      Home: this.min,
      End: this.max,
      Enter: null
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#tell(to);
  }

  #tell(position) {
    const { min, max } = this;
    const detail =
      position === null
        ? { position }
        : { position: Math.min(Math.max(min, position), max) };
    this.dispatchEvent(new CustomEvent('move', { detail }));
  }
}

customElements.define('fw-splitter', Splitter);
