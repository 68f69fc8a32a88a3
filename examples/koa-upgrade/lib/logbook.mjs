/** How many entries are kept. */
const LENGTH = 100;

/** Entries that all who have the logbook open see, and may add to. */
export class Logbook {
  #entries = [];
  #readers = new Set();

  /**
   * @param {import('ws').WebSocket} socket
   * @param {string} name who is at the other end, as proved by signing in
   */
  open(socket, name) {
    this.#readers.add(socket);
    socket.on('close', () => this.#readers.delete(socket));
    socket.on('message', (data, isBinary) => {
      const text = data.toString().trim();
      if (isBinary) socket.close(1003, 'Text messages only');
      else if (text !== '') this.#write({ name, text });
    });
    socket.send(JSON.stringify(this.#entries));
  }

  #write(entry) {
    const written = { ...entry, at: Date.now() };
    this.#entries.push(written);
    if (this.#entries.length > LENGTH) this.#entries.shift();

    const message = JSON.stringify([written]);
    for (const reader of this.#readers) reader.send(message);
  }
}
