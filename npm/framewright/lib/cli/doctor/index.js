'use strict';

const { version } = require('../../../package.json');
const libc = require('../../backend/libc');
const { codecFindings } = require('./codec');
const { copyFindings } = require('./copies');
const { projectFindings } = require('./project');
const report = require('./report');

/**
 * `framewright doctor`: says whether the project in this directory runs on the
 * codec, and what to do where it doesn't. The process's exit code is 1 where
 * something is bad.
 *
 * @param {{json: Boolean}} options The options
 */
function doctor({ json }) {
  const directory = process.cwd();
  const findings = [
    ...codecFindings(directory),
    ...copyFindings(directory),
    ...projectFindings(directory)
  ];
  const result = {
    framewright: version,
    runtime: runtime(),
    platform: `${process.platform} ${process.arch}`,
    libc: system(),
    ok: findings.every(({ state }) => state !== 'bad'),
    findings
  };

  if (!result.ok) process.exitCode = 1;
  if (json) console.log(JSON.stringify(result, null, 2));
  else report(result, process.stdout);
}

function runtime() {
  const { bun, deno, electron, node } = process.versions;

  if (bun) return `Bun ${bun}`;
  if (electron) return `Electron ${electron}`;
  return deno ? `Deno ${deno}` : `Node ${node}`;
}

function system() {
  const { name, version } = libc() ?? {};

  return version ? `${name} ${version}` : (name ?? null);
}

module.exports = doctor;
