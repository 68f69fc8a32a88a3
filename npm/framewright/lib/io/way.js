'use strict';

const backend = require('../backend/backend');
const { difference } = require('./node-sockets');

/** The values of `FRAMEWRIGHT_IO`. */
const WAYS = ['direct', 'streams'];

/**
 * How bytes come from sockets and go to them: `'direct'`, bypassing Node's
 * streams where nobody can tell the difference, or `'streams'`. Also why, and
 * how often that was done.
 */
const io = {
  reading: 'streams',
  writing: 'streams',
  reason: '',
  chunks: 0,
  sends: 0
};

if (backend.name === 'stock') {
  io.reason = 'ws stays as it is';
} else if (process.env.FRAMEWRIGHT_IO === 'streams') {
  io.reason = 'chosen by FRAMEWRIGHT_IO=streams';
} else if (difference !== '') {
  io.reason = `in Node ${process.versions.node}, ${difference}`;
} else {
  io.reading = 'direct';

  if (backend.send === null) {
    io.reason = 'only the addon can send directly, and not on Windows';
  } else {
    io.writing = 'direct';
    io.reason = 'sockets are as expected';
  }
}

module.exports = { io, WAYS };
