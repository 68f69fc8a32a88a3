const MAX_DETAILS = 5;

/** What a run found. Reports of several runs can be added up. */
export class Report {
  streams = 0;
  failed = 0;
  /** `{ seed, text }` of the first failures. */
  details = [];
  /** Counts by name, by group: `exceptions`, `errors`, `events`. */
  counts = { exceptions: {}, errors: {}, events: {} };

  /** Whether another failure would be described. */
  get wantsMore() {
    return this.details.length < MAX_DETAILS;
  }

  count(group, name, by = 1) {
    this.counts[group][name] = (this.counts[group][name] ?? 0) + by;
  }

  fail(seed, text) {
    this.failed++;
    if (this.wantsMore) this.details.push({ seed, text });
  }

  /** @param {Report} other A report, or a plain copy of one */
  add(other) {
    this.streams += other.streams;
    this.failed += other.failed;
    for (const detail of other.details) {
      if (this.wantsMore) this.details.push(detail);
    }
    for (const [group, counts] of Object.entries(other.counts)) {
      for (const [name, by] of Object.entries(counts)) {
        this.count(group, name, by);
      }
    }
  }

  /** The failures as text, with the command that shows each of them again. */
  explain(kind, version) {
    const lines = [`${this.failed} of ${this.streams} cases differ`];
    for (const { seed, text } of this.details) {
      lines.push(
        '',
        `node tests/differential/run.mjs --kind ${kind} --ws ${version} --seed ${seed} --streams 1`,
        text
      );
    }
    return lines.join('\n');
  }
}
