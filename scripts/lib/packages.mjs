// What is published: each package, written into a folder as it is packed.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { join } from 'node:path';

import { NOTICES, crates, notices } from './notices.mjs';
import { addonFile, platforms } from './platforms.mjs';
import { root } from './run.mjs';

const sources = join(root, 'npm');
const framewright = readManifest('framewright');

/**
 * @param {string} addons The folder of the addons
 * @return {{name: string, write: Function}[]} The packages; those of addons
 *   only where there is one
 */
export function packages(addons) {
  // The same for all platforms.
  const linked = notices(crates(['-p', 'framewright-node', '--target', 'all']));

  return [
    { name: 'framewright', write: writeFramewright },
    { name: 'wasm', write: writeWasm },
    { name: 'inspector', write: (folder) => copyPackage('inspector', folder) },
    ...platforms
      .filter((platform) => existsSync(join(addons, addonFile(platform))))
      .map((platform) => ({
        name: platform.name,
        write: (folder) => writeAddon(platform, addons, linked, folder)
      }))
  ];
}

/** A platform's manifest: npm installs it where `os`, `cpu` and `libc` fit. */
export function platformManifest({ cpu, libc, name, os }) {
  const { engines, license, repository, version } = framewright;

  return {
    name: `@framewright/${name}`,
    version,
    description: `framewright's addon for ${name}`,
    license,
    repository,
    type: 'commonjs',
    engines,
    os: [os],
    cpu: [cpu],
    ...(libc && { libc: [libc] }),
    main: `framewright.${name}.node`,
    files: [`framewright.${name}.node`, NOTICES],
    // Package managers that keep packages zipped must unpack it.
    preferUnplugged: true
  };
}

/**
 * The addons' packages become dependencies only here: the workspace has an
 * addon of its own, and must not ask the registry for what isn't there yet.
 */
function writeFramewright(folder) {
  const { optionalDependencies, version } = framewright;

  copyPackage('framewright', folder);
  writeManifest(folder, {
    ...framewright,
    optionalDependencies: {
      ...optionalDependencies,
      ...Object.fromEntries(
        platforms.map(({ name }) => [`@framewright/${name}`, version])
      )
    }
  });
}

function writeWasm(folder) {
  const linked = crates([
    ...['-p', 'framewright-wasm', '--target', 'wasm32-unknown-unknown'],
    ...['--no-default-features', '--features', 'backend']
  ]);

  copyPackage('wasm', folder);
  writeFileSync(join(folder, NOTICES), notices(linked));
}

function writeAddon(platform, addons, linked, folder) {
  const { name } = platform;
  const file = addonFile(platform);

  writeManifest(folder, {
    ...platformManifest(platform),
    // The loader checks that the file is complete.
    addonLength: statSync(join(addons, file)).size
  });
  writeFileSync(
    join(folder, 'README.md'),
    `# @framewright/${name}\n\nThe addon of [framewright](https://www.npmjs.com/package/framewright) for ${name}. It comes with framewright;\nthere is nothing to use by itself.\n`
  );
  cpSync(join(addons, file), join(folder, file));
  writeFileSync(join(folder, NOTICES), linked);
}

/** Copies what the manifest's `files` name; npm itself leaves out the rest. */
function copyPackage(name, folder) {
  cpSync(join(sources, name), folder, {
    recursive: true,
    filter: (file) => !/[\\/](?:node_modules|native)$/.test(file)
  });

  const manifest = readManifest(name);

  delete manifest.devDependencies;
  delete manifest.scripts;
  writeManifest(folder, manifest);
}

function readManifest(name) {
  return JSON.parse(readFileSync(join(sources, name, 'package.json')));
}

function writeManifest(folder, manifest) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify(manifest, null, 2)}\n`
  );
}
