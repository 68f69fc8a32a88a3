'use strict';

const { METHODS } = require('http');

/** Node 20 doesn't know the last one. */
const STARTS = [...METHODS, 'QUERY'].map((method) => `${method} `);
const MAX_START_LENGTH = Math.max(...STARTS.map(({ length }) => length));

/** A request line of HTTP/1. */
const REQUEST_LINE = /^[A-Z-]+ [!-~\x80-\xff]+ HTTP\/1\.[01]\r\n/;

/**
 * @param {String} text The first characters that a client sent
 * @return {Boolean} Whether they can become an HTTP request
 */
function canBecomeRequest(text) {
  return STARTS.some((start) =>
    text.length < start.length ? start.startsWith(text) : text.startsWith(start)
  );
}

/**
 * @param {HTTPParserError} error Why a client's first message can't be read
 * @param {Buffer} bytes What there is of it
 * @return {Boolean} Whether it is an HTTP request all the same
 */
function isRequest({ code }, bytes) {
  if (code === 'INVALID_METHOD') return false;
  return (
    code === 'HEADER_OVERFLOW' || REQUEST_LINE.test(bytes.toString('latin1'))
  );
}

module.exports = { MAX_START_LENGTH, canBecomeRequest, isRequest };
