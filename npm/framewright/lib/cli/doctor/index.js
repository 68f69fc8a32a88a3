'use strict';

const { version } = require('../../../package.json');
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
    libc: libc(),
    ok: findings.every(({ state }) => state !== 'bad'),
    findings
  };

  if (!result.ok) process.exitCode = 1;
  if (json) console.log(JSON.stringify(result, null, 2));
  else report(result, process.stdout);
}

function runtime() {
  const { bun, deno, node } = process.versions;

  if (bun) return `Bun ${bun}`;
  return deno ? `Deno ${deno}` : `Node ${node}`;
}

/** Which C library Node runs on, where there are several. */
function libc() {
  if (process.platform !== 'linux') return null;

  // It would look up the name of every address else.
  process.report.excludeNetwork = true;

  const { glibcVersionRuntime: glibc } = process.report.getReport().header;

  return glibc ? `glibc ${glibc}` : 'musl';
}

module.exports = doctor;
