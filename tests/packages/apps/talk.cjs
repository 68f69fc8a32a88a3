// Talks to the server in this process, and prints what framewright did.

const MESSAGES = 20;

module.exports = function talk(server, WebSocket, status) {
  server.once('listening', () => {
    const ws = new WebSocket(`ws://127.0.0.1:${server.address().port}/`);
    let count = 0;

    ws.on('open', () => {
      for (let i = 0; i < MESSAGES; i++) ws.send(`message ${i}`);
    });
    ws.on('message', (data) => {
      if (data.toString() !== `you said message ${count++}`) {
        throw new Error(`unexpected: ${data}`);
      }
      if (count === MESSAGES) ws.close();
    });
    ws.on('close', () => {
      console.log(JSON.stringify(status()));
      server.close();
    });
  });
};
