import { compare } from './compare.mjs';

/** Thrown by a part's `measure` where a peer isn't available here. */
export class Skipped extends Error {}

/**
 * Measures every cell of a part in interleaved rounds (A B C A B C …).
 *
 * A full run opens every subject again each round, since two processes of one
 * program may differ. A quick run keeps them, and warms them up only once. The
 * subjects of a cell whose peers are `together` stay open for a whole round.
 *
 * @param {object} part See bench/parts
 * @param {object} context What parts need: mode, node, rounds, progress, …
 * @return {Promise<object>} The part's results, ready for JSON
 */
export async function runPart(part, context) {
  const { progress } = context;
  const state = (await part.prepare?.(context)) ?? {};
  const cells = [];
  for (const cell of part.cells({ ...context, ...state })) {
    progress.cell(`${part.name}: ${cell.title}`);
    cells.push(...(await runCell(part, cell, { ...context, ...state })));
  }
  return { name: part.name, title: part.title, cells };
}

async function runCell(part, cell, context) {
  const samples = new Map();
  const skipped = {};
  const subjects = new Map();
  const peers = part
    .peers(cell, context)
    .filter((peer) => peer !== 'ws-again' || !context.quick)
    .filter((peer) => !context.peers || context.peers.includes(peer));
  const rounds = cell.rounds ?? context.rounds;
  const isFresh = part.fresh || cell.fresh || !context.quick;
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const peer of peers) {
        if (skipped[peer]) continue;
        context.progress.step(`round ${round}/${rounds} ${peer}`);
        try {
          const subject =
            subjects.get(peer) ?? (await part.open(peer, cell, context));
          subjects.set(peer, subject);
          if (!samples.has(peer)) samples.set(peer, []);
          samples.get(peer).push(await part.measure(subject, cell, context));
          if (isFresh && !cell.together) await close(subjects, peer);
        } catch (err) {
          if (!(err instanceof Skipped)) {
            err.message = `${part.name}: ${cell.title}, ${peer}: ${err.message}`;
            throw err;
          }
          skipped[peer] = err.message;
          context.progress.once(`${peer} skipped: ${err.message}`);
        }
      }
      if (isFresh) await closeAll(subjects);
    }
  } finally {
    await closeAll(subjects);
  }
  // One measurement may give several figures.
  const figures = cell.figures ?? [cell];
  return figures.map((figure) => ({
    code: figure.code,
    title: figure.title,
    unit: figure.unit,
    better: figure.better,
    target: figure.target,
    ...compare(part, figure, samples),
    skipped
  }));
}

async function closeAll(subjects) {
  for (const peer of [...subjects.keys()]) await close(subjects, peer);
}

async function close(subjects, peer) {
  const subject = subjects.get(peer);
  subjects.delete(peer);
  await subject.close?.();
}
