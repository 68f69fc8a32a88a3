// The platforms that addons are built for: npm/framewright/lib/backend/platforms.js.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const libc = require('../../npm/framewright/lib/backend/libc.js');

export const platforms = require('../../npm/framewright/lib/backend/platforms.js');

/** This machine's, or `undefined`. */
export function hostPlatform() {
  const name = libc()?.name;

  return platforms.find(
    (platform) =>
      platform.os === process.platform &&
      platform.cpu === process.arch &&
      platform.libc === name
  );
}

/** What an addon's file is called. */
export function addonFile({ name }) {
  return `framewright.${name}.node`;
}

/** What cargo calls it. */
export function libraryFile({ os }) {
  return {
    darwin: 'libframewright_node.dylib',
    linux: 'libframewright_node.so',
    win32: 'framewright_node.dll'
  }[os];
}
