'use strict';

const { createRequire } = require('module');
const path = require('path');

const backend = require('../../backend/backend');
const { io, WAYS } = require('../../io/way');
const finding = require('./finding');
const { remedyFor } = require('./remedies');

const MODES = ['native', 'off', 'wasm'];

/**
 * What can be said about framewright itself.
 *
 * @param {String} directory The project's
 * @return {Object[]} Findings
 */
function codecFindings(directory) {
  return [
    ...codec(),
    ...sockets(),
    ...environment(),
    ...installation(directory)
  ];
}

function sockets() {
  const { reading, reason, writing } = io;

  if (backend.name === 'stock') return [];
  if (reading === 'streams') {
    return [
      finding('note', `Sockets are used through Node's streams: ${reason}`)
    ];
  }

  return [
    finding(
      'good',
      writing === 'direct'
        ? "Sockets are read and written past Node's streams"
        : `Sockets are read past Node's streams: ${reason}`
    )
  ];
}

function codec() {
  const { name, reason } = backend;

  switch (name) {
    case 'native':
      return [finding('good', `The codec is native: ${reason}`)];
    case 'wasm':
      return [
        finding(
          'note',
          `The codec is WebAssembly: ${reason}`,
          reason.startsWith('chosen') ? null : remedyFor(reason)
        )
      ];
    default:
      return [
        finding(
          process.versions.bun ? 'note' : 'bad',
          `There is no codec, so ws stays as it is: ${reason}`,
          remedyFor(reason)
        )
      ];
  }
}

function environment() {
  const { FRAMEWRIGHT, FRAMEWRIGHT_COALESCE, FRAMEWRIGHT_IO } = process.env;
  const findings = [];

  if (FRAMEWRIGHT && !MODES.includes(FRAMEWRIGHT)) {
    findings.push(
      finding(
        'note',
        `FRAMEWRIGHT=${FRAMEWRIGHT} is unknown, and ignored`,
        `Set it to one of ${MODES.join(', ')}.`
      )
    );
  }

  if (FRAMEWRIGHT_IO && !WAYS.includes(FRAMEWRIGHT_IO)) {
    findings.push(
      finding(
        'note',
        `FRAMEWRIGHT_IO=${FRAMEWRIGHT_IO} is unknown, and ignored`,
        `Set it to one of ${WAYS.join(', ')}.`
      )
    );
  }

  if (FRAMEWRIGHT_COALESCE === 'off') {
    findings.push(
      finding(
        'note',
        'FRAMEWRIGHT_COALESCE=off: each frame is written on its own',
        'Unset it: writing frames together is most of the gain.'
      )
    );
  }

  return findings;
}

function installation(directory) {
  try {
    createRequire(path.join(directory, 'package.json')).resolve('framewright');
    return [];
  } catch {
    return [
      finding(
        'bad',
        "framewright isn't installed in this directory's project",
        'Run this in the directory of the app, and there first: ' +
          'npm install framewright'
      )
    ];
  }
}

module.exports = { codecFindings };
