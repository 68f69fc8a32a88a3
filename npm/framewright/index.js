'use strict';

const ws = require('ws');

const { accelerate, status } = require('./lib/accelerate');

accelerate(ws);

module.exports = Object.assign(ws, { accelerate, status });
