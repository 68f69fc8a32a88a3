'use strict';

const KIB = 1024;

/** What is measured: echoes, by connections, messages under way and length. */
const CELLS = [
  cell('one by one', 64, 1, 64),
  cell('short ones in bursts', 256, 32, 64),
  cell('longer ones in bursts', 64, 16, KIB),
  cell('long ones', 16, 1, 16 * KIB),
  { ...cell('compressed', 32, 1, KIB), isCompressed: true }
];

function cell(kind, connections, inFlight, length) {
  return { connections, inFlight, isCompressed: false, kind, length };
}

/** A cell's name. */
function nameOf({ connections, inFlight, isCompressed, length }) {
  const size = length < KIB ? `${length} bytes` : `${length / KIB} KiB`;
  const kind = isCompressed ? ', compressed' : '';

  return `${connections} connections × ${inFlight} × ${size}${kind}`;
}

/** The text that a cell's messages carry: JSON of that length. */
function payloadOf({ length }) {
  let text = '{"bids":[';

  for (let i = 0; text.length < length; i++) {
    text += `{"lot":${i * 7919},"by":"${((i * 48271) % 65521).toString(36)}"},`;
  }

  return Buffer.from(`${text.slice(0, length - 2)}]}`.padEnd(length));
}

module.exports = { CELLS, nameOf, payloadOf };
