'use strict';

/**
 * Which C library Node runs on. It takes some milliseconds to find out, so ask
 * only where something is wrong.
 *
 * @return {({name: String, version: (String|null)}|null)} `glibc` or `musl`, or
 *     `null` where there is only one
 */
function libc() {
  if (process.platform !== 'linux') return null;

  const { report } = process;
  const { excludeNetwork } = report;

  try {
    // Otherwise it would look up the name of every address.
    report.excludeNetwork = true;

    const version = report.getReport().header.glibcVersionRuntime;

    return version
      ? { name: 'glibc', version }
      : { name: 'musl', version: null };
  } catch {
    return null;
  } finally {
    report.excludeNetwork = excludeNetwork;
  }
}

module.exports = libc;
