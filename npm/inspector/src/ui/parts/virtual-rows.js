import { css, html } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';

import { ScaledScroll } from './scaled-scroll.js';

/** For the shadow root that holds the scroller. */
export const virtualRowsStyles = css`
  .scroller {
    overflow: auto;
    overflow-anchor: none;
    contain: strict;
  }
  .sight {
    position: sticky;
    top: 0;
    min-width: 100%;
    overflow: clip;
    contain: layout paint;
  }
`;

/**
 * Renders only the rows in sight, for any number of rows of one height.
 *
 * A reactive controller: the host puts `render()` into an element of class
 * "scroller" that carries `attach()`, and sets `count`.
 */
export class VirtualRows {
  #host;
  #scroll;
  #scroller = createRef();
  #count = 0;
  #isScrolling = false;
  #attached = null;
  #resizes = new ResizeObserver(() => this.#measure());

  #onReader;

  /** `onReader(isDown)` is called when the reader scrolls, not the host. */
  constructor(host, rowHeight, onReader = () => {}) {
    this.#host = host;
    this.#onReader = onReader;
    this.#scroll = new ScaledScroll(rowHeight);
    host.addController(this);
  }

  get count() {
    return this.#count;
  }

  set count(count) {
    if (count === this.#count) return;
    this.#count = count;
    this.#scroll.resize(count, this.#scroll.viewport);
    this.#host.requestUpdate();
  }

  /** The rows in sight, `[first, end)`. */
  get range() {
    return this.#scroll.range;
  }

  /** Whether a row is in sight, at least in part. */
  has(index) {
    const [first, end] = this.range;
    return index >= first && index < end;
  }

  get atEnd() {
    return this.#scroll.atEnd;
  }

  /** How many whole rows the view shows: a page, for the keyboard. */
  get page() {
    const { viewport, rowHeight } = this.#scroll;
    return Math.max(1, Math.floor(viewport / rowHeight) - 1);
  }

  /** Brings a row into sight. */
  reveal(index) {
    this.#scroll.reveal(index);
    this.#place(true);
  }

  revealStart() {
    this.#scroll.moveTo(0);
    this.#place(true);
  }

  revealEnd() {
    this.#scroll.moveTo(Infinity);
    this.#place(true);
  }

  /** Keeps the same rows in sight after `gone` rows left the front. */
  shift(gone) {
    this.#scroll.moveTo(this.#scroll.top - gone * this.#scroll.rowHeight);
    this.#place(true);
  }

  focus() {
    this.#scroller.value?.focus({ preventScroll: true });
  }

  /** Goes onto the scroller element. */
  attach() {
    return ref(this.#scroller);
  }

  /** The content of the scroller element. */
  render(renderRow) {
    const [first, end] = this.range;
    const rows = [];
    for (let index = first; index < end; index++) rows.push(renderRow(index));
    const { height, rowHeight, top, viewport } = this.#scroll;
    const shift = first * rowHeight - top;
    return html`<div role="none" .style=${`height:${height}px`}>
      <div class="sight" role="none" .style=${`height:${viewport}px`}>
        <div role="none" .style=${`transform:translateY(${shift}px)`}>
          ${rows}
        </div>
      </div>
    </div>`;
  }

  hostConnected() {
    this.#host.updateComplete.then(() => this.hostUpdated());
  }

  hostDisconnected() {
    this.#resizes.disconnect();
    this.#attached = null;
  }

  hostUpdated() {
    const scroller = this.#scroller.value;
    if (!scroller || scroller === this.#attached) return;
    this.#resizes.disconnect();
    this.#attached = scroller;
    scroller.addEventListener('scroll', () => this.#onScroll(), {
      passive: true
    });
    scroller.addEventListener('scrollend', () => this.#onScrollEnd());
    this.#resizes.observe(scroller);
    this.#measure();
  }

  #measure() {
    const scroller = this.#scroller.value;
    if (!scroller || scroller.clientHeight === this.#scroll.viewport) return;
    this.#scroll.resize(this.#count, scroller.clientHeight);
    this.#place();
  }

  #onScroll() {
    this.#isScrolling = true;
    const before = this.#scroll.top;
    this.#scroll.follow(this.#scroller.value.scrollTop);
    if (this.#scroll.top === before) return;
    this.#host.requestUpdate();
    this.#onReader(this.#scroll.top > before);
  }

  /** The element's scrollbar is left where the hand put it until it rests. */
  #onScrollEnd() {
    this.#isScrolling = false;
    this.#place();
  }

  /**
   * Puts the element's scrollbar where `top` is, once that is rendered. While
   * a hand is on it, only if the reader asked to go elsewhere.
   */
  #place(asked = false) {
    this.#host.requestUpdate();
    this.#host.updateComplete.then(() => {
      const scroller = this.#scroller.value;
      if (!scroller || (this.#isScrolling && !asked)) return;
      if (Math.abs(scroller.scrollTop - this.#scroll.scrollTop) >= 1)
        scroller.scrollTop = this.#scroll.scrollTop;
      this.#scroll.settle(scroller.scrollTop);
    });
  }
}
