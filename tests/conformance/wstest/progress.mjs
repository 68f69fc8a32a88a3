// How far the suite is, by what it prints: hundreds of cases take the better part of an hour.

import { createInterface } from 'node:readline';

const TOTAL = /^Ok, will run (\d+) test cases /;
const CASE = /^Running test case ID (\S+) /;

/** A line each so many cases, and the first. */
const STEP = 25;

/**
 * @param {Readable} output What the suite prints
 * @param {string} name What runs
 * @param {(line: string) => void} [say] Called with a line from time to time
 */
export async function tellProgress(output, name, say = console.error) {
  let total = '?';
  let count = 0;
  for await (const line of createInterface(output)) {
    total = TOTAL.exec(line)?.[1] ?? total;
    const [, id] = CASE.exec(line) ?? [];
    if (id === undefined) continue;
    if (count++ % STEP === 0) say(`${name}: ${count} of ${total}, case ${id}`);
  }
}
