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

  try {
    // It would look up the name of every address else.
    process.report.excludeNetwork = true;

    const version = process.report.getReport().header.glibcVersionRuntime;

    return version
      ? { name: 'glibc', version }
      : { name: 'musl', version: null };
  } catch {
    return null;
  }
}

module.exports = libc;
