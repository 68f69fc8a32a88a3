'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const oracle = require('./oracle.js');

const random = require('./random.json');

/** A row's result without its input, as ws would have it. */
function expected(row) {
  const result = { ...row };
  for (const input of ['header', 'role', 'options']) delete result[input];
  return row.ws ?? result;
}

function checkExtensions(row) {
  const result = expected(row);
  if (result.extensions) result.extensions = oracle.group(result.extensions);
  assert.deepEqual(oracle.extensions(oracle.expand(row.header)), result);
}

function checkSubprotocols(row) {
  const result = expected(row);
  // Where a duplicate is, ws doesn't say.
  if (result.error === 'duplicate') delete result.offset;
  assert.deepEqual(oracle.subprotocols(oracle.expand(row.header)), result);
}

function checkDeflate(row) {
  if (row.offer) return assert.equal(oracle.offer(row.options), row.offer);
  const result = oracle.deflate(row.role, row.options, row.header);
  assert.deepEqual(result, expected(row));
}

function each(rows, check) {
  assert.ok(rows.length > 0);
  for (const row of rows) {
    try {
      check(row);
    } catch (err) {
      err.message = `${JSON.stringify(row)}: ${err.message}`;
      throw err;
    }
  }
}

test('stock ws parses the extensions alike', () => {
  each(require('./extensions.json'), checkExtensions);
  each(random.extensions, checkExtensions);
});

test('stock ws parses the subprotocols alike', () => {
  each(require('./subprotocols.json'), checkSubprotocols);
  each(random.subprotocols, checkSubprotocols);
});

test('stock ws negotiates permessage-deflate alike', () => {
  each(require('./deflate.json'), checkDeflate);
  each(random.deflate, checkDeflate);
});
