// `npm run lint`: formats, lints and types, without changing anything.
import { install } from './lib/install.mjs';
import { run, say } from './lib/run.mjs';

install();
say('checking Rust');
run('cargo', ['fmt', '--all', '--check']);
run('cargo', [
  'clippy',
  '--quiet',
  '--workspace',
  '--all-targets',
  '--locked',
  '--',
  '-D',
  'warnings'
]);
say('checking JavaScript');
run('npx', ['--no-install', 'prettier', '--check', '--log-level', 'warn', '.']);
run('npx', ['--no-install', 'eslint', '.']);
say('checking types');
for (const config of [
  'tsconfig.json',
  'tsconfig.nodenext.json',
  'tsconfig.bundler.json',
  'tsconfig.jsx.json'
]) {
  run('npx', ['--no-install', 'tsc', '-p', `tests/types/${config}`]);
}
