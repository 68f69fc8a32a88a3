// The tools that the tests drive: ours and Wireshark's.
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const maxBuffer = 1 << 30;

// Builds the example program that reads and converts captures.
export function buildFwcap() {
  const output = execFileSync(
    'cargo',
    [
      'build',
      '--quiet',
      '--locked',
      '--message-format=json',
      '-p',
      'framewright-capture',
      '--example',
      'fwcap'
    ],
    { cwd: root, encoding: 'utf8', maxBuffer }
  );
  const built = output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .find(({ target, executable }) => target?.name === 'fwcap' && executable);

  const withEnv = (env, ...args) =>
    execFileSync(built.executable, args, {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      maxBuffer,
      stdio: ['ignore', 'pipe', 'ignore']
    });

  return Object.assign((...args) => withEnv({}, ...args), { withEnv });
}

export function hasTshark() {
  return spawnSync('tshark', ['--version']).status === 0;
}

// Wireshark takes seven of the ports that clients get for other protocols', and
// what goes over them for those, unless it looks at the bytes first. It puts
// segments in order only if asked to.
const OPTIONS = [
  ...['-o', 'tcp.try_heuristic_first:TRUE'],
  ...['-o', 'tcp.reassemble_out_of_order:TRUE']
];

// The WebSocket frames that Wireshark sees in a file, with their raw bytes.
export function tsharkFrames(file) {
  const args = ['-r', file, ...OPTIONS, '-Y', 'websocket', '-T', 'json', '-x'];
  const json = execFileSync('tshark', [...args, '-J', 'frame tcp websocket'], {
    encoding: 'utf8',
    maxBuffer,
    stdio: ['ignore', 'pipe', 'ignore']
  });

  return JSON.parse(json).map(({ _source: { layers } }) => layers);
}
