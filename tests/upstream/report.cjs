// Loaded after register: writes down at the end whether ws ran accelerated.
'use strict';

const fs = require('node:fs');

const { UPSTREAM_FRAMEWRIGHT, UPSTREAM_REPORT } = process.env;
const framewright = require(UPSTREAM_FRAMEWRIGHT);

process.on('exit', () => {
  fs.writeFileSync(UPSTREAM_REPORT, JSON.stringify(framewright.status()));
});
