// Makes a failing receiver case small: fewer frames, fewer cuts, fewer options, fewer bytes.

const MAX_RUNS = 400;

/**
 * @param {import('./case.mjs').ReceiverCase} kase
 * @param {(kase: object) => Promise<boolean>} fails Whether a case still shows the difference
 */
export async function shrink(kase, fails) {
  let best = kase;
  let runs = 0;
  const attempt = async (candidate) => {
    if (!candidate || runs >= MAX_RUNS) return false;
    runs++;
    if (!(await fails(candidate))) return false;
    best = candidate;
    return true;
  };

  let progress = true;
  while (progress && runs < MAX_RUNS) {
    progress = false;
    for (const simpler of simplifications(best)) {
      if (await attempt(simpler)) {
        progress = true;
        break;
      }
    }
  }
  return best;
}

/** Cases that are one step simpler, the largest steps first. */
function* simplifications(kase) {
  if (kase.partner) {
    yield { ...kase.partner };
    yield { ...kase, partner: undefined };
  }
  if (kase.actions.length > 0) {
    yield { ...kase, actions: [] };
    for (const action of kase.actions) {
      yield {
        ...kase,
        actions: kase.actions.filter((other) => other !== action)
      };
    }
  }
  const frames = kase.ends.length;
  for (let count = frames >> 1; count >= 1; count >>= 1) {
    for (let first = frames - count; first >= 0; first -= count) {
      yield withoutFrames(kase, first, count);
    }
  }
  if (kase.cuts.length > 0) {
    yield { ...kase, cuts: [] };
    const half = kase.cuts.length >> 1;
    if (half > 0) {
      yield { ...kase, cuts: kase.cuts.slice(0, half) };
      yield { ...kase, cuts: kase.cuts.slice(half) };
    }
    if (kase.cuts.length <= 12) {
      for (const cut of kase.cuts) {
        yield { ...kase, cuts: kase.cuts.filter((other) => other !== cut) };
      }
    }
  }
  for (const name of Object.keys(kase.options)) {
    if (name === 'isServer') continue;
    const options = { ...kase.options };
    delete options[name];
    yield { ...kase, options };
  }
  for (const name of ['callbacks', 'ownChunks', 'keepWriting', 'end']) {
    if (kase[name]) yield { ...kase, [name]: false };
  }
  if (kase.bytes.length > 1) yield withBytes(kase, kase.bytes.subarray(0, -1));
}

function withoutFrames(kase, first, count) {
  const start = first === 0 ? 0 : kase.ends[first - 1];
  const end = kase.ends[first + count - 1];
  const len = end - start;
  if (start >= kase.bytes.length) return null;
  return {
    ...withBytes(
      kase,
      Buffer.concat([kase.bytes.subarray(0, start), kase.bytes.subarray(end)]),
      (cut) => (cut <= start ? cut : cut >= end ? cut - len : null)
    ),
    ends: [
      ...kase.ends.slice(0, first),
      ...kase.ends.slice(first + count).map((at) => at - len)
    ]
  };
}

function withBytes(kase, bytes, move = (cut) => cut) {
  const cuts = kase.cuts
    .map(move)
    .filter((cut) => cut !== null && cut > 0 && cut < bytes.length);
  return { ...kase, bytes, cuts };
}
