import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Builds one of the bench's Rust programs.
 *
 * @param {string} name The crate, and its binary
 * @param {object} progress Told while building
 * @return {Promise<string>} The binary's path
 */
export async function buildRust(name, progress) {
  progress.cell(`building ${name}`);
  progress.step('cargo build --release');
  const args = ['build', '--release', '-p', name, '--message-format', 'json'];
  let stdout;
  try {
    ({ stdout } = await run('cargo', args, { cwd: ROOT, maxBuffer: 1 << 26 }));
  } catch (err) {
    throw new Error(`cargo build -p ${name}: ${err.stderr || err.message}`, {
      cause: err
    });
  }
  const messages = stdout.trim().split('\n').map(JSON.parse);
  const { executable } = messages.findLast(
    (message) => message.executable && message.target.name === name
  );
  return executable;
}
