// Runs a test file in a process of its own, in another environment than that of the test that runs it.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * @param {string} file The path of a test file within tests
 * @param {Object<string, string>} variables Added to the environment
 * @returns {Promise<{ failed: string[], output: string }>} The lines of tests that failed, and all lines
 */
export async function runSuite(file, variables) {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const env = { ...process.env, ...variables };
  // What the runner of this test would have its own children do.
  delete env.NODE_TEST_CONTEXT;

  const output = await new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--test', '--test-reporter=tap', path],
      { env, maxBuffer: 64 * 1024 * 1024 },
      (_err, stdout) => resolve(stdout)
    );
  });
  const failed = output.split('\n').filter((line) => /^\s*not ok/.test(line));
  return { failed, output };
}
