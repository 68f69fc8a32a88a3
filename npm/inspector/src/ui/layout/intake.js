/** What comes from outside without a dialog: files and texts that are dropped or pasted. */
export class Intake {
  #host;
  /** Whether something is held over the page that may be dropped there. */
  isDropping = false;

  /** @param {import('lit').LitElement} host an element with `open(data, name)` */
  constructor(host) {
    this.#host = host;
    host.addController(this);
    host.addEventListener('dragover', this.#onDrag);
    host.addEventListener('dragleave', this.#onDrag);
    host.addEventListener('drop', this.#onDrop);
  }

  hostConnected() {
    document.addEventListener('paste', this.#onPaste);
  }

  hostDisconnected() {
    document.removeEventListener('paste', this.#onPaste);
  }

  #onDrag = (event) => {
    event.preventDefault();
    this.#setDropping(event.type === 'dragover');
  };

  #onDrop = (event) => {
    event.preventDefault();
    this.#setDropping(false);
    const files = [...event.dataTransfer.files];
    const text = event.dataTransfer.getData('text');
    if (files.length > 0) this.#host.open(files);
    else if (text) this.#host.open(text, 'Dropped text');
  };

  #onPaste = (event) => {
    if (isTyping(event)) return;
    const [file] = event.clipboardData.files;
    const text = event.clipboardData.getData('text');
    if (file) this.#host.open(file);
    else if (text.trim()) this.#host.open(text, 'Pasted bytes');
  };

  #setDropping(isDropping) {
    if (isDropping === this.isDropping) return;
    this.isDropping = isDropping;
    this.#host.requestUpdate();
  }
}

/** Keys and pastes there belong to what is typed in. */
export function isTyping(event) {
  return event
    .composedPath()
    .some((node) => /^(INPUT|TEXTAREA|SELECT|DIALOG)$/.test(node.nodeName));
}
