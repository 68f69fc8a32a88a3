/** What a proxy lets the page do: `framewright proxy --allow-send`. */

/**
 * Reads what the proxy tells, state by state, until `signal` is aborted:
 * `{ counts, held, query }`.
 *
 * @throws {Error} what went wrong, for people
 */
export async function listen(url, { signal, onState }) {
  const response = await fetch(url, { signal, cache: 'no-store' });
  if (!response.ok) throw new Error(await reason(response));
  const reader = response.body.getReader();
  const utf8 = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error('The proxy has ended.');
    const lines = (text + utf8.decode(value, { stream: true })).split('\n');
    text = lines.pop();
    const last = lines.findLast((line) => line !== '');
    if (last) onState(JSON.parse(last));
  }
}

/** @throws {Error} why it wasn't done, for people */
export async function act(url, action) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(action)
  });
  if (!response.ok) throw new Error(await reason(response));
}

async function reason(response) {
  const [line] = (await response.text()).trim().split('\n', 1);
  return line || `the proxy answered ${response.status}`;
}
