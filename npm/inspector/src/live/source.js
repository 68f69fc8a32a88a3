/** Subprotocol of a tap's WebSocket. */
const SUBPROTOCOL = 'framewright.live.1';

/**
 * Reads a tap's live stream (LIVE.md) from http(s): or ws(s): until it ends or
 * `signal` is aborted. `onOpen()` is called once it answers, `onBytes(bytes)`
 * for each piece.
 *
 * @throws {Error} what went wrong, for people
 */
export async function readLive(url, { token, signal, onOpen, onBytes }) {
  const target = new URL(url);
  if (target.protocol === 'ws:' || target.protocol === 'wss:')
    await readWebSocket(target, { token, signal, onOpen, onBytes });
  else if (target.protocol === 'http:' || target.protocol === 'https:')
    await readFetch(target, { token, signal, onOpen, onBytes });
  else throw new Error(`no live source at ${target.protocol} addresses`);
}

async function readFetch(url, { token, signal, onOpen, onBytes }) {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const request = fetch(url, { headers, signal, cache: 'no-store' });
  const response = await request.catch(() => {
    // Why is told to nobody: nothing listens, or it lets other pages only in.
    throw new Error(`no answer from ${url.origin} that this page may read`);
  });
  if (!response.ok) throw new Error(await refusal(url, response));
  onOpen();
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Error(`the connection to ${url.origin} was lost`);
    });
    if (done) return;
    onBytes(value);
  }
}

/** Taps say in a line why they refuse. */
async function refusal(url, response) {
  if (response.status === 404) return `there is no tap at ${url}`;
  const [reason] = (await response.text()).trim().split('\n', 1);
  const short = reason.startsWith('<') ? '' : reason.slice(0, 200);
  return `${url.origin} answered ${response.status}: ${short || response.statusText}`;
}

function readWebSocket(url, { token, signal, onOpen, onBytes }) {
  if (token) url.searchParams.set('token', token);
  const socket = new WebSocket(url, SUBPROTOCOL);
  socket.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => socket.close());
    socket.onopen = onOpen;
    socket.onmessage = ({ data }) => {
      try {
        onBytes(new Uint8Array(data));
      } catch (error) {
        socket.close();
        reject(error);
      }
    };
    socket.onclose = ({ code, reason, wasClean }) =>
      wasClean || signal.aborted
        ? resolve()
        : reject(new Error(`the tap’s socket closed: ${code} ${reason}`));
  });
}
