const policy = globalThis.trustedTypes?.createPolicy('framewright', {
  createScriptURL: (url) => url
});

/** An address of a script of ours, as Trusted Types want it. */
export function scriptUrl(url) {
  return policy ? policy.createScriptURL(url) : url;
}

/**
 * Starts a worker from its script's text, which works from file:// and needs
 * no second file beside a bundle.
 */
export function startWorker(source, name) {
  const blob = new Blob([source], { type: 'text/javascript' });
  const url = URL.createObjectURL(blob);
  try {
    return new Worker(scriptUrl(url), { name });
  } finally {
    // The worker has taken the blob with it.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}
