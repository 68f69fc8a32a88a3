import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  MAX_HEIGHT,
  ScaledScroll
} from '../../../npm/inspector/src/ui/parts/scaled-scroll.js';

const ROW = 26;
const VIEWPORT = 780;

function scroll(count) {
  const scroll = new ScaledScroll(ROW);
  scroll.resize(count, VIEWPORT);
  return scroll;
}

/** An element that scrolls as a browser's does. */
class Element {
  scrollTop = 0;

  constructor(scroll) {
    this.scroll = scroll;
  }

  by(delta) {
    const max = this.scroll.height - VIEWPORT;
    this.scrollTop = Math.min(Math.max(0, this.scrollTop + delta), max);
    this.scroll.follow(this.scrollTop);
  }
}

describe('scaled scrolling', () => {
  it('is plain scrolling while the browser can hold the height', () => {
    const list = scroll(1000);
    const element = new Element(list);

    assert.equal(list.height, 1000 * ROW);
    element.by(5200);
    assert.equal(list.top, 5200);
    assert.deepEqual(list.range, [200, 230]);
    element.by(1e9);
    assert.deepEqual(list.range, [970, 1000]);
  });

  for (const count of [1_000_000, 5_000_000]) {
    it(`moves px for px among ${count} rows, and reaches both ends`, () => {
      const list = scroll(count);
      const element = new Element(list);
      list.moveTo((count / 2) * ROW);
      element.scrollTop = list.scrollTop;
      list.settle(element.scrollTop);

      assert.equal(list.height, MAX_HEIGHT);
      const before = list.top;
      for (let step = 0; step < 20; step++) element.by(100);
      assert.equal(list.top, before + 2000);

      // The thumb, dragged to the end and back.
      element.by(1e9);
      assert.equal(list.top, list.maxTop);
      assert.equal(list.range[1], count);
      element.by(-1e9);
      assert.deepEqual(list.range, [0, 30]);

      // Turning the wheel from near the end arrives there, without a jump.
      list.moveTo(list.maxTop - 9000);
      element.scrollTop = list.scrollTop;
      list.settle(element.scrollTop);
      let most = 0;
      for (let step = 0; step < 200; step++) {
        const top = list.top;
        element.by(100);
        most = Math.max(most, list.top - top);
      }
      assert.equal(list.top, list.maxTop);
      // Twice as fast as the thumb at most.
      assert.ok(most <= (200 * count * ROW) / MAX_HEIGHT, `${most} px`);
    });
  }

  it('keeps the reader’s place while rows come', () => {
    const list = scroll(400_000);
    const element = new Element(list);
    element.by(1000);
    const { range } = list;

    for (let count = 400_000; count < 1_000_000; count += 10_007) {
      list.resize(count, VIEWPORT);
      assert.deepEqual(list.range, range);
    }
    element.by(ROW);
    assert.deepEqual(list.range, [range[0] + 1, range[1] + 1]);
  });

  it('reveals a row with the least movement', () => {
    const list = scroll(1_000_000);

    list.reveal(10);
    assert.equal(list.top, 0);
    list.reveal(30);
    assert.equal(list.top, ROW);
    list.reveal(999_999);
    assert.equal(list.top, list.maxTop);
    list.reveal(500_000);
    assert.equal(list.top, 500_000 * ROW);
  });
});
