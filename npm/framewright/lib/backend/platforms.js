'use strict';

/**
 * The platforms that have an addon, each in the package `@framewright/<name>`.
 * Installing, loading, building and releasing go by this table. `os`, `cpu` and
 * `libc` are as in a package.json.
 */
module.exports = [
  {
    name: 'linux-x64-gnu',
    os: 'linux',
    cpu: 'x64',
    libc: 'glibc',
    rustTarget: 'x86_64-unknown-linux-gnu'
  },
  {
    name: 'linux-x64-musl',
    os: 'linux',
    cpu: 'x64',
    libc: 'musl',
    rustTarget: 'x86_64-unknown-linux-musl'
  },
  {
    name: 'linux-arm64-gnu',
    os: 'linux',
    cpu: 'arm64',
    libc: 'glibc',
    rustTarget: 'aarch64-unknown-linux-gnu'
  },
  {
    name: 'linux-arm64-musl',
    os: 'linux',
    cpu: 'arm64',
    libc: 'musl',
    rustTarget: 'aarch64-unknown-linux-musl'
  },
  {
    name: 'darwin-x64',
    os: 'darwin',
    cpu: 'x64',
    rustTarget: 'x86_64-apple-darwin'
  },
  {
    name: 'darwin-arm64',
    os: 'darwin',
    cpu: 'arm64',
    rustTarget: 'aarch64-apple-darwin'
  },
  {
    name: 'win32-x64-msvc',
    os: 'win32',
    cpu: 'x64',
    rustTarget: 'x86_64-pc-windows-msvc'
  },
  {
    name: 'win32-arm64-msvc',
    os: 'win32',
    cpu: 'arm64',
    rustTarget: 'aarch64-pc-windows-msvc'
  }
];
