const policy = globalThis.trustedTypes?.createPolicy('framewright', {
  createScriptURL: (url) => url
});

/**
 * Starts a worker from its script's text, which works from file:// and needs
 * no second file beside a bundle.
 */
export function startWorker(source, name) {
  const blob = new Blob([source], { type: 'text/javascript' });
  const url = URL.createObjectURL(blob);
  try {
    return new Worker(policy ? policy.createScriptURL(url) : url, { name });
  } finally {
    // The worker has taken the blob with it.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}
