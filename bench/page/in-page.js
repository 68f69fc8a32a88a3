// Runs in the inspector's page, where it becomes `bench`: what is measured there
// is measured by what a reader sees.

globalThis.bench = (() => {
  const inspector = () => document.querySelector('frame-inspector').shadowRoot;
  const list = () => inspector().querySelector('fw-frame-list');
  const scroller = () => list().shadowRoot.querySelector('.scroller');
  const status = () => inspector().querySelector('fw-status-bar').status;
  const row = () => list().shadowRoot.querySelector('.row:not(.waiting)');

  /** The next picture; what isn't drawn isn't there. */
  const picture = () =>
    new Promise((resolve) => requestAnimationFrame(resolve));

  const channel = new MessageChannel();
  /** What is to be done before the next message has been done then. */
  const turn = () =>
    new Promise((resolve) => {
      channel.port1.onmessage = () => resolve();
      channel.port2.postMessage(null);
    });

  async function until(holds, wait = picture) {
    while (!holds()) await wait();
    return performance.now();
  }

  /** The times until a list has its first rows, and until it has all. */
  async function filled(start, oldVersion, count) {
    const isNew = () => list() && list().view.version !== oldVersion;
    const first = await until(() => isNew() && list().view.count > 0 && row());
    const all = await until(
      () => isNew() && list().view.count === count && !status().isScanning
    );
    return { first: first - start, all: all - start };
  }

  function open(input, count) {
    const { version } = list().view;
    const start = performance.now();
    document.querySelector('frame-inspector').open(input.files[0]);
    return filled(start, version, count);
  }

  /** To be called before the query is typed. */
  function filtered(count) {
    const { version } = list().view;
    const bar = inspector().querySelector('fw-query-bar');
    return new Promise((resolve) => {
      bar.addEventListener(
        'query',
        () => resolve(filled(performance.now(), version, count)),
        { once: true }
      );
    });
  }

  const shows = (index) => {
    const last = list().shadowRoot.querySelector(`[data-index="${index}"]`);
    return last !== null && last.querySelector('.waiting') === null;
  };

  /** The time until a key press brought a row into sight, with its text. */
  async function key(name, index) {
    list().focus();
    const start = performance.now();
    const event = { key: name, bubbles: true, composed: true };
    scroller().dispatchEvent(new KeyboardEvent('keydown', event));
    return (await until(() => shows(index))) - start;
  }

  /** The times from picture to picture, and how long each kept the page busy. */
  async function pictures(count, before = () => {}) {
    const intervals = [];
    const busy = [];
    let last = null;
    for (let index = 0; index < count; index++) {
      const time = await picture();
      if (last !== null) intervals.push(time - last);
      last = time;
      const start = performance.now();
      before(index);
      await turn();
      busy.push(performance.now() - start);
    }
    return { intervals, busy };
  }

  /** The scrollbar's thumb, drawn from the top to the bottom. */
  function drag(count) {
    const { scrollHeight, clientHeight } = scroller();
    const step = (scrollHeight - clientHeight) / count;
    return pictures(count, (index) => {
      scroller().scrollTop = (index + 1) * step;
    });
  }

  /** The time from a click on a row until its bytes and fields are shown. */
  async function choose(index, bytes, value) {
    const view = () => inspector().querySelector('fw-frame-view')?.shadowRoot;
    const text = (name) =>
      view()?.querySelector(name)?.shadowRoot.textContent ?? '';
    const target = list().shadowRoot.querySelector(`[data-index="${index}"]`);
    const start = performance.now();
    target.click();
    const isShown = () =>
      text('fw-byte-view').includes(bytes) &&
      text('fw-field-tree').includes(value);
    return (await until(isShown, turn)) - start;
  }

  const held = () => status().keptLen;

  return { choose, drag, filtered, held, key, open, pictures };
})();
