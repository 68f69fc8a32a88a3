// A TCP proxy that keeps what passes through, in both directions, as a native
// capture (a JSON text sequence, RFC 7464).
import { once } from 'node:events';
import net from 'node:net';

export class Recorder {
  #records = [];
  #server;
  #count = 0;

  constructor() {
    this.#push({ type: 'capture', format: 'framewright', version: 1 });
  }

  async listen(targetPort) {
    this.#server = net.createServer((client) =>
      this.#relay(client, targetPort)
    );
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this.#server.address().port;
  }

  async close() {
    this.#server.close();
    await once(this.#server, 'close');
    return this.#records.join('');
  }

  #push(record) {
    this.#records.push(`\x1e${JSON.stringify(record)}\n`);
  }

  #relay(client, targetPort) {
    const conn = this.#count++;
    const target = net.connect(targetPort, '127.0.0.1');
    // Milliseconds are fine enough; as text, for a double can't hold nanoseconds.
    const time = () => `${Date.now()}000000`;

    this.#push({
      type: 'open',
      conn,
      time: time(),
      client: `127.0.0.1:${client.remotePort}`,
      server: `127.0.0.1:${client.localPort}`
    });
    const pipe = (from, to, dir) => {
      from.on('data', (data) => {
        this.#push({
          type: 'bytes',
          conn,
          dir,
          time: time(),
          data: data.toString('base64')
        });
        to.write(data);
      });
      from.on('end', () => {
        this.#push({ type: 'end', conn, dir, time: time(), how: 'finished' });
        to.end();
      });
      from.on('error', () => to.destroy());
    };

    pipe(client, target, 'to-server');
    pipe(target, client, 'to-client');
  }
}
