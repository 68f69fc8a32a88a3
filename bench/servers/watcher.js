'use strict';

// node watcher.js <port>: reads a server's live stream, as an open page does.

const http = require('http');

const { HOST, TOKEN, attend } = require('./companion');

const port = Number(process.argv[2]);
const path = '/__frames/stream';
const headers = { authorization: `Bearer ${TOKEN}` };

http
  .get({ host: HOST, port, path, headers }, (res) => {
    if (res.statusCode !== 200) throw new Error(`it said ${res.statusCode}`);
    // Its first bytes: from now on the server copies what passes.
    res.once('data', () => attend(port));
    res.resume();
  })
  .on('error', (err) => {
    throw err;
  });
