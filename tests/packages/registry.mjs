// A registry that has our packages as they were packed, and gets all others from the real one.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { platformManifest } from '../../scripts/lib/packages.mjs';
import { platforms } from '../../scripts/lib/platforms.mjs';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STAGED = path.join(ROOT, 'dist', 'staged');
const PACKED = path.join(ROOT, 'dist', 'packages');
const UPSTREAM =
  process.env.npm_config_registry ?? 'https://registry.npmjs.org/';

/** Every package of ours, by name; addons that weren't built here have no tarball. */
export function packed() {
  const manifests = readdirSync(STAGED).map((name) =>
    JSON.parse(readFileSync(path.join(STAGED, name, 'package.json')))
  );
  const all = new Map(
    [...platforms.map(platformManifest), ...manifests].map((manifest) => [
      manifest.name,
      { manifest, tarball: null }
    ])
  );
  for (const entry of all.values()) {
    const { name, version } = entry.manifest;
    const file = path.join(
      PACKED,
      `${name.replace('@', '').replace('/', '-')}-${version}.tgz`
    );
    if (existsSync(file)) entry.tarball = file;
  }
  return all;
}

/** A package's tarball; without an addon where that wasn't built. */
function bytesOf(entry) {
  if (entry.tarball) return readFileSync(entry.tarball);
  if (entry.bytes) return entry.bytes;
  const folder = mkdtempSync(path.join(tmpdir(), 'framewright-'));
  mkdirSync(path.join(folder, 'package'));
  writeFileSync(
    path.join(folder, 'package', 'package.json'),
    JSON.stringify(entry.manifest)
  );
  entry.bytes = execFileSync('tar', ['-czf', '-', '-C', folder, 'package']);
  rmSync(folder, { recursive: true });
  return entry.bytes;
}

/** Whether the real registry answers. */
export async function isOnline() {
  try {
    return (await fetch(new URL('koa', UPSTREAM), { method: 'HEAD' })).ok;
  } catch {
    return false;
  }
}

/** Starts the registry; resolves to its address. */
export async function serveRegistry(t) {
  const ours = packed();
  const server = createServer(async (req, res) => {
    try {
      await respond(req, res);
    } catch (err) {
      res.writeHead(502).end(String(err));
    }
  });

  async function respond(req, res) {
    const name = decodeURIComponent(req.url.slice(1));
    const tarball = name.startsWith('-/') && ours.get(name.slice(2));
    if (tarball) return void res.end(bytesOf(tarball));
    if (ours.has(name)) {
      res.setHeader('Content-Type', 'application/json');
      res.end(JSON.stringify(packument(ours.get(name))));
      return;
    }
    const answer = await fetch(new URL(req.url.slice(1), UPSTREAM), {
      method: req.method,
      headers: { accept: req.headers.accept ?? '*/*' }
    });
    res.writeHead(answer.status, {
      'Content-Type': answer.headers.get('content-type') ?? 'text/plain'
    });
    res.end(Buffer.from(await answer.arrayBuffer()));
  }

  function packument(entry) {
    const { manifest } = entry;
    const { name, version } = manifest;
    const bytes = bytesOf(entry);
    const dist = {
      integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
      shasum: createHash('sha1').update(bytes).digest('hex'),
      tarball: `${address}-/${name}`
    };
    return {
      _id: name,
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...manifest, _id: `${name}@${version}`, dist } },
      time: { [version]: '2020-01-01T00:00:00.000Z' }
    };
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close().closeAllConnections());
  const address = `http://127.0.0.1:${server.address().port}/`;
  return address;
}
