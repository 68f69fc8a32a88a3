/**
 * Where a reader is in a list taller than a browser lets an element be.
 *
 * The scroller's content is at most MAX_HEIGHT px; `top` is the place in the
 * list's full height. Small movements (wheel, keys, touch) go px for px, so a
 * row moves with the finger; a jump (the thumb dragged, a click on the track)
 * goes in proportion, so the last row is always reachable.
 */

/** Firefox lays out up to 17.9 M px, Chromium and Safari up to 33.5 M. */
export const MAX_HEIGHT = 15_000_000;

/** Viewports from either end within which the two places converge. */
const EDGE = 4;

export class ScaledScroll {
  #count = 0;
  #rowHeight;
  #viewport = 0;
  #lastScrollTop = 0;
  #top = 0;

  /** @param {number} rowHeight in px, the same for every row */
  constructor(rowHeight) {
    this.#rowHeight = rowHeight;
  }

  get rowHeight() {
    return this.#rowHeight;
  }

  get viewport() {
    return this.#viewport;
  }

  /** The list's full height in px. */
  get #total() {
    return this.#count * this.#rowHeight;
  }

  /** The height that the scroller's content gets, in px. */
  get height() {
    return Math.min(this.#total, MAX_HEIGHT);
  }

  get maxTop() {
    return Math.max(0, this.#total - this.#viewport);
  }

  get #maxScrollTop() {
    return Math.max(0, this.height - this.#viewport);
  }

  /** The first visible px of the full height. */
  get top() {
    return this.#top;
  }

  /** The element's `scrollTop` that stands for `top`. */
  get scrollTop() {
    return this.maxTop === 0
      ? 0
      : (this.#top / this.maxTop) * this.#maxScrollTop;
  }

  get isScaled() {
    return this.#total > MAX_HEIGHT;
  }

  /** Whether the last row is in sight. */
  get atEnd() {
    return this.#top >= this.maxTop - 1;
  }

  /** The visible rows, `[first, end)`. */
  get range() {
    const first = Math.floor(this.#top / this.#rowHeight);
    const end = Math.ceil((this.#top + this.#viewport) / this.#rowHeight);
    return [first, Math.min(end, this.#count)];
  }

  /** Keeps the reader's place, whatever comes after it. */
  resize(count, viewport) {
    this.#count = count;
    this.#viewport = viewport;
    this.moveTo(this.#top);
  }

  /** Goes to a px of the full height; `settle` must follow. */
  moveTo(top) {
    this.#top = Math.min(Math.max(0, top), this.maxTop);
  }

  /** Says what scrollTop the element has, after we ourselves changed it. */
  settle(scrollTop) {
    this.#lastScrollTop = scrollTop;
  }

  /** Brings a row into sight with the least movement. */
  reveal(index) {
    const start = index * this.#rowHeight;
    if (start < this.#top) this.moveTo(start);
    else if (start + this.#rowHeight > this.#top + this.#viewport)
      this.moveTo(start + this.#rowHeight - this.#viewport);
  }

  /** Follows the element after its scroll event. */
  follow(scrollTop) {
    const delta = scrollTop - this.#lastScrollTop;
    const last = this.#lastScrollTop;
    this.#lastScrollTop = scrollTop;
    if (delta === 0) return;
    if (!this.isScaled) {
      this.#top = Math.min(Math.max(0, scrollTop), this.maxTop);
      return;
    }
    if (Math.abs(delta) > 2 * this.#viewport) {
      this.#top = (scrollTop / this.#maxScrollTop) * this.maxTop;
      return;
    }
    const room = delta < 0 ? last : this.#maxScrollTop - last;
    const left = delta < 0 ? this.#top : this.maxTop - this.#top;
    const slope = room > EDGE * this.#viewport ? 1 : room > 0 ? left / room : 0;
    this.#top = Math.min(Math.max(0, this.#top + delta * slope), this.maxTop);
  }
}
