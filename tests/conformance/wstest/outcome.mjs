// What came of the cases, from the suite's reports.

const RIGHT = ['OK', 'INFORMATIONAL'];

/** In a report's log: the suite failed the connection, or closed it, since its time for the case was over. */
const TIMERS = ['KLE', 'TIE'];

/**
 * Whether the suite gave up waiting. On a slow machine that says nothing of what it tests.
 *
 * @param {object} report A case's own report
 */
export function isTimeout(report) {
  return (
    report.wirelog.some(([event]) => TIMERS.includes(event)) ||
    report.wasOpenHandshakeTimeout ||
    report.wasCloseHandshakeTimeout ||
    report.wasServerConnectionDropTimeout
  );
}

/**
 * @param {object} cases The index of an agent's reports
 * @param {(file: string) => object} read Reads a case's own
 * @return {{ counts: object, faults: string[], timeouts: string[], total: number }} How many behaved how, and the cases
 *   that are wrong: by a fault, or since the suite's time for them was over
 */
export function outcomeOf(cases, read) {
  const outcome = { counts: {}, faults: [], timeouts: [], total: 0 };
  for (const [id, entry] of Object.entries(cases)) {
    const { behavior, behaviorClose, reportfile } = entry;
    outcome.counts[behavior] = (outcome.counts[behavior] ?? 0) + 1;
    outcome.total++;
    if (RIGHT.includes(behavior) && RIGHT.includes(behaviorClose)) continue;
    const list = isTimeout(read(reportfile))
      ? outcome.timeouts
      : outcome.faults;
    list.push(id);
  }
  return outcome;
}
