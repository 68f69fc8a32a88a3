'use strict';

const { repository } = require('../../../package.json');

const ISSUES = `${repository.url.replace(/^git\+|\.git$/g, '')}/issues`;

/**
 * What to do, by what the reason says. The first pattern that matches counts.
 */
const REMEDIES = [
  [/FRAMEWRIGHT=off/, 'Unset FRAMEWRIGHT where the app is started.'],
  [/^Bun /, 'Nothing to do: under Bun, framewright leaves ws to Bun.'],
  [
    /in Electron/,
    'Install for the system that the app is packed for (npm install --os=… ' +
      '--cpu=…), and keep addons out of the archive (electron-builder: ' +
      'asarUnpack: **/*.node).'
  ],
  [
    /GLIBC_[\d.]+'? not found/,
    'The addon needs glibc 2.28 or later. Run on a newer system or base image ' +
      '(Debian 10, Ubuntu 20.04, RHEL 8 or later).'
  ],
  [
    /is installed, but this is/,
    'node_modules was installed on a system with another C library: glibc and ' +
      "musl don't mix. Run npm ci on the system, or in the image, that the app " +
      'runs on.'
  ],
  [
    /is damaged: |valid "main" entry/,
    'The installation was cut short. Delete node_modules and run npm ci.'
  ],
  [
    /\bELF\b|mach-o|incompatible architecture|Win32|file too short/i,
    'node_modules comes from another platform, or is damaged. Run npm ci on ' +
      'this one, and keep node_modules out of what is copied (.dockerignore).'
  ],
  [
    /not permitted|permission denied|EACCES/i,
    'The addon may not be run from where it is: look at the permissions of ' +
      'node_modules, and whether its file system is mounted with noexec.'
  ],
  [
    /loading addons is disabled/,
    'Node was started with --no-addons, or with --permission: add ' +
      '--allow-addons to the latter.'
  ],
  [
    /Access to this API has been restricted/,
    "Node was started with --permission, and may not read framewright's files: " +
      'add --allow-fs-read for node_modules.'
  ],
  [
    /package @framewright\/\S+ is not installed/,
    'npm leaves optional dependencies out with --omit=optional, and at times by ' +
      'a bug (https://github.com/npm/cli/issues/4828). Delete node_modules and ' +
      'package-lock.json, and run npm install.'
  ],
  [
    /there is no addon for/,
    'Nothing to do: WebAssembly takes the place of the addon. If you miss it, ' +
      `tell us: ${ISSUES}`
  ],
  [
    /not ws 8\.5 or later/,
    'Update what depends on it (npm ls ws shows what does) to a version that ' +
      'uses ws 8.5 or later.'
  ],
  [/ws 8\.14/, 'Update ws to 8.15 or later.'],
  [/./, `Please report it, with all of this: ${ISSUES}`]
];

/**
 * @param {String} reason Why something isn't as it could be
 * @return {String} What to do about it
 */
function remedyFor(reason) {
  return REMEDIES.find(([pattern]) => pattern.test(reason))[1];
}

module.exports = { ISSUES, remedyFor };
