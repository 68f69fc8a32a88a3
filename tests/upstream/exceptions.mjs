// The tests of ws that fail on accelerated ws, and why each may.

/** @type {{ name: string, backends: string[], reason: string }[]} */
export const EXCEPTIONS = [];

/** The names of the tests that may fail on a backend. */
export function exceptionsOf(backend) {
  return EXCEPTIONS.filter(({ backends }) => backends.includes(backend)).map(
    ({ name }) => name
  );
}
