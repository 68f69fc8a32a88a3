import { keep, kept } from '../../model/kept.js';

/** Where each splitter is and may be, in percent from the left or the top. */
const SPLITS = {
  side: { position: 16, min: 8, max: 45, label: 'Width of the connections' },
  detail: { position: 61, min: 30, max: 85, label: 'Width of the frames' },
  below: { position: 62, min: 20, max: 85, label: 'Height of the frames' },
  findings: {
    position: 50,
    min: 15,
    max: 85,
    label: 'Height of the connections'
  }
};
/** Where the shapes of the page begin, in px. */
const STACKED_WIDTH = 1180;
const NARROW_WIDTH = 760;
const SHORT_HEIGHT = 760;
const TINY_HEIGHT = 320;

/**
 * How the panes share the room of their host: a reactive controller that sets
 * the host's `shape`, `short` and `tiny` attributes and a custom property a
 * splitter.
 */
export class Panes {
  #host;
  #positions = {};
  #resizes = new ResizeObserver(([{ contentRect }]) => this.#fit(contentRect));
  /** `wide`, `stacked` or `narrow`: three panes beside each other, two, one. */
  shape = 'wide';
  isShort = false;

  constructor(host) {
    this.#host = host;
    host.addController(this);
  }

  /** Whether bars must be as small as they can be. */
  get isTight() {
    return this.isShort || this.shape === 'narrow';
  }

  /** A splitter's limits, position and name. */
  split(name) {
    const { min, max, label, position } = SPLITS[name];
    return { min, max, label, position: this.#positions[name] ?? position };
  }

  /** Moves a splitter; null puts it back. */
  move(name, position) {
    this.#positions[name] = position;
    keep(`split-${name}`, position ?? '');
    this.#place(name);
    this.#host.requestUpdate();
  }

  hostConnected() {
    for (const name of Object.keys(SPLITS)) {
      const position = Number.parseFloat(kept(`split-${name}`));
      const { min, max } = SPLITS[name];
      this.#positions[name] =
        position >= min && position <= max ? position : null;
      this.#place(name);
    }
    this.#resizes.observe(this.#host);
  }

  hostDisconnected() {
    this.#resizes.disconnect();
  }

  #place(name) {
    const { position } = this.split(name);
    this.#host.style.setProperty(`--split-${name}`, `${position}%`);
  }

  #fit({ width, height }) {
    this.shape =
      width > STACKED_WIDTH
        ? 'wide'
        : width > NARROW_WIDTH
          ? 'stacked'
          : 'narrow';
    this.isShort = height <= SHORT_HEIGHT;
    this.#host.setAttribute('shape', this.shape);
    this.#host.toggleAttribute('short', this.isShort);
    this.#host.toggleAttribute('tiny', height <= TINY_HEIGHT);
    this.#host.requestUpdate();
  }
}
