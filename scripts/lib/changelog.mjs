// Whether CHANGELOG.md is about what is published.

const HEADING = /^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$/gm;

/**
 * @param {string} text The changelog
 * @param {string} version The version of the packages
 * @param {{ isReleased?: boolean }} [options] Whether that version has to be in it; before a release, its changes may
 *   still be under "Unreleased"
 * @return {string} What is wrong; empty if nothing is
 */
export function changelogProblem(text, version, { isReleased = false } = {}) {
  const [first, ...released] = [...text.matchAll(HEADING)];
  if (first?.[1] !== 'Unreleased') return 'its first heading is not Unreleased';

  const versions = released.map(([, name]) => name);
  const undated = released.find(([, , date]) => date === undefined);
  if (undated) return `${undated[1]} has no date`;
  for (let i = 1; i < versions.length; i++) {
    if (compare(versions[i - 1], versions[i]) <= 0) {
      return `${versions[i - 1]} comes before ${versions[i]}`;
    }
  }
  if (versions.length > 0 && compare(versions[0], version) > 0) {
    return `it has ${versions[0]}, but the packages are ${version}`;
  }
  if (isReleased && versions[0] !== version) {
    return `it has no ${version}: see step 2 in RELEASING.md`;
  }
  return '';
}

/** Like that of `Array.prototype.sort()`, for versions such as `1.10.0`. */
function compare(a, b) {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  const at = left.findIndex((number, i) => number !== right[i]);
  return at === -1 ? 0 : left[at] - right[at];
}
