import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(
  createRequire(
    new URL('../../../npm/inspector/package.json', import.meta.url)
  ).resolve('axe-core/axe.min.js'),
  'utf8'
);

/** What axe finds wrong, in a line each. */
export async function violations(page) {
  // Straight into the page: its policy would not let a script element in.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run({ preload: false })
  );
  await session.detach();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) =>
      [id, target.join(' '), failureSummary].join(': ')
    )
  );
}
