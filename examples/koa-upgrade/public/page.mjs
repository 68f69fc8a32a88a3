const RETRY_MS = 2_000;

const url = new URL('logbook', location.href);
url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';

const state = document.getElementById('state');
const entries = document.getElementById('entries');
const form = document.getElementById('form');
const text = document.getElementById('text');
let socket;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send(text.value);
  text.value = '';
});
connect();

function connect() {
  socket = new WebSocket(url);
  socket.addEventListener('open', () => {
    state.textContent = 'Live';
    // All there is comes first, also after the line was lost.
    entries.replaceChildren();
  });
  socket.addEventListener('message', ({ data }) => {
    entries.append(...JSON.parse(data).map(row));
    entries.lastElementChild?.scrollIntoView({ block: 'nearest' });
  });
  socket.addEventListener('close', () => {
    state.textContent = 'Line lost, trying again…';
    setTimeout(connect, RETRY_MS);
  });
}

function row({ name, text, at }) {
  const item = document.createElement('li');
  const who = document.createElement('b');
  const what = document.createElement('span');
  const when = document.createElement('time');
  who.textContent = name;
  what.textContent = text;
  when.dateTime = new Date(at).toISOString();
  when.textContent = new Date(at).toLocaleTimeString();
  item.append(who, what, when);
  return item;
}
