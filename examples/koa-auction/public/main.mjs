import { keepName, ownName, ownToken } from './identity.mjs';
import { LiveLine } from './live-line.mjs';
import { euros, Model } from './model.mjs';
import {
  announce,
  quickBidsSettled,
  renderClock,
  renderLine,
  renderRoom
} from './view.mjs';

const WHOLE_EUROS = /^(\d{1,9}|\d{1,3}(,\d{3}){1,2})$/;

const url = new URL('live', location.href);
url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';

const model = new Model();
const line = new LiveLine(url);

const bidForm = document.getElementById('bid-form');
const amountInput = document.getElementById('amount');
const nameForm = document.getElementById('name-form');
const nameInput = document.getElementById('name');

line.addEventListener('open', () => {
  line.send({ type: 'hello', token: ownToken(), name: ownName() });
});
line.addEventListener('state', () => {
  model.isLive = line.state === 'live';
  renderLine(line, model.roundTripMs);
  renderRoom(model);
});
line.addEventListener('message', ({ detail: message }) => {
  const before = model.standing;
  model.receive(message);
  renderRoom(model);
  renderClock(model);
  renderLine(line, model.roundTripMs);
  tell(message, before);
});

bidForm.addEventListener('submit', (event) => {
  event.preventDefault();
  const digits = amountInput.value.replace(/[\s€]/g, '');
  if (WHOLE_EUROS.test(digits)) bid(Number(digits.replaceAll(',', '')));
  else answer('Please give an amount in whole euros.');
});
document.getElementById('quick').addEventListener('click', ({ target }) => {
  const button = target.closest('button');
  if (button === null || button.value === '') return;
  if (quickBidsSettled()) bid(Number(button.value));
  else answer('The price has just moved. Press again if you agree.');
});

nameInput.value = ownName();
keepName(nameInput.value);
nameForm.addEventListener('submit', (event) => {
  event.preventDefault();
  const name = nameInput.value.trim();
  if (name === '') return;
  keepName(name);
  // With the line down it goes out with the next hello.
  if (line.send({ type: 'rename', name })) announce(`You bid as ${name}.`);
});

document.getElementById('line-retry').addEventListener('click', () => {
  line.retry();
});
setInterval(() => {
  renderClock(model);
  if (line.state === 'waiting') renderLine(line, null);
}, 200);
line.connect();

function bid(amount) {
  if (model.pending !== null) return;
  if (line.state !== 'live' || model.auction === null) {
    answer('The line is down: nothing was sent.');
  } else if (line.send(model.place(amount))) {
    amountInput.value = '';
    renderRoom(model);
  }
}

function answer(text) {
  model.answer = { tone: 'bad', text };
  renderRoom(model);
}

/** Says aloud what has happened to all, or to this visitor by another's hand. */
function tell({ type }, before) {
  const { standing, leader, auction } = model;
  if (auction === null) return;
  if (type === 'bid' && leader.bidder !== model.you) {
    const prefix =
      before === 'leading' && standing === 'outbid' ? 'You are outbid. ' : '';
    announce(`${prefix}${euros(leader.amount)} by ${leader.name}.`);
  } else if (type === 'lot') {
    announce(
      auction.phase === 'open'
        ? `Now open: ${auction.lot.title}.`
        : document.getElementById('standing-text').textContent
    );
  }
}
