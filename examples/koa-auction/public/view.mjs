import { euros } from './model.mjs';

const $ = (id) => document.getElementById(id);

/** A quick bid pressed sooner than this after its amount changed (ms) was
 * most likely meant for the amount before. */
const SETTLE_MS = 350;

/** How many bids are listed. */
const LISTED_BIDS = 12;

const rows = new Map();
let rowsRound = null;
let pricesChangedAt = 0;

/** Brings everything but clock and line up to date with `model`. */
export function renderRoom(model) {
  renderPeople(model);
  if (model.auction === null) return;
  renderLot(model.auction);
  renderPrice(model);
  renderForm(model);
  renderHistory(model);
  $('room').removeAttribute('aria-busy');
}

function renderLot({ lot }) {
  setText('lot-number', `Lot ${lot.number} of ${lot.of}`);
  setText('lot-year', lot.year);
  setText('lot-title', lot.title);
  setText('lot-text', lot.text);
  const [low, high] = lot.estimate.map(euros);
  setText('lot-estimate', `Estimate ${low} to ${high}`);

  const art = $('lot-art');
  const source = `art/${lot.art}`;
  if (art.getAttribute('src') === source) return;
  art.src = source;
  art.alt = `Drawing: ${lot.title}`;
  art.hidden = false;
}

function renderPrice({ auction, leader, standing, you }) {
  const isOpen = auction.phase === 'open';
  const amount = euros(leader?.amount ?? auction.lot.opening);
  const name = leader?.bidder === you ? 'you' : leader?.name;

  setText('price-label', priceLabel(isOpen, leader));
  if (setText('price', amount) && leader !== null) flash($('price'));
  setText('leader', leader === null ? '' : `by ${name}`);

  $('standing').dataset.standing = standing;
  setText('standing-text', standingText(standing, leader));
  const title = `${amount} · ${auction.lot.title} · Signal House`;
  if (document.title !== title) document.title = title;
}

function priceLabel(isOpen, leader) {
  if (leader === null) return 'Opening bid';
  return isOpen ? 'Current bid' : 'Hammer price';
}

function standingText(standing, leader) {
  switch (standing) {
    case 'leading':
      return 'You lead.';
    case 'outbid':
      return 'You have been outbid.';
    case 'won':
      return `Sold to you for ${euros(leader.amount)}.`;
    case 'sold':
      return `Sold to ${leader.name} for ${euros(leader.amount)}.`;
    case 'unsold':
      return 'Passed: nobody bid on this lot.';
    default:
      return leader === null ? 'Be the first to bid.' : 'Bid to take the lead.';
  }
}

function renderForm({ auction, pending, answer, standing, isLive }) {
  const { minimum, increment } = auction;
  const isOpen = auction.phase === 'open';
  const canBid = isLive && isOpen && pending === null && standing !== 'leading';
  const amounts = isOpen
    ? [minimum, minimum + increment, minimum + 3 * increment]
    : [];

  Array.from($('quick').children, (button, index) => {
    const amount = amounts[index] ?? '';
    if (button.value === String(amount)) return;
    const text = amount === '' ? '–' : euros(amount);
    button.value = amount;
    button.textContent = text;
    button.setAttribute('aria-label', `Bid ${text}`);
    pricesChangedAt = performance.now();
  });
  for (const button of $('bid-form').querySelectorAll('button')) {
    button.setAttribute('aria-disabled', String(!canBid));
  }
  setText(
    'amount-hint',
    isOpen
      ? `${euros(minimum)} or more, whole euros`
      : 'Bidding opens again with the next lot'
  );
  renderAnswer(pending, answer);
}

function renderAnswer(pending, answer) {
  const tone = pending === null ? (answer?.tone ?? '') : 'wait';
  const text =
    pending === null
      ? (answer?.text ?? '')
      : `Bidding ${euros(pending.amount)}…`;
  $('bid-answer').dataset.tone = tone;
  setText('bid-answer', text);
  $('amount').setAttribute('aria-invalid', String(tone === 'bad'));
}

/** Whether the quick bids have shown their amounts for long enough. */
export function quickBidsSettled() {
  return performance.now() - pricesChangedAt >= SETTLE_MS;
}

function renderHistory({ auction, pending, you }) {
  const list = $('history');
  const isNewList = rowsRound !== auction.round;
  if (isNewList) {
    rowsRound = auction.round;
    rows.clear();
    list.replaceChildren();
  }
  list.querySelector('[data-pending]')?.remove();

  // Rows that are there stay where they are, so that nothing moves twice.
  const isFirstFill = rows.size === 0;
  const bids = auction.bids.slice(0, LISTED_BIDS);
  for (const bid of bids.toReversed()) {
    if (rows.has(bid.number)) continue;
    const row = bidRow({ ...bid, isOwn: bid.bidder === you });
    if (!isFirstFill) row.classList.add('fresh');
    rows.set(bid.number, row);
    list.prepend(row);
  }
  const kept = new Set(bids.map((bid) => bid.number));
  for (const [number, row] of rows) {
    if (kept.has(number)) continue;
    row.remove();
    rows.delete(number);
  }
  if (pending !== null) {
    const row = bidRow({
      bidder: you,
      name: 'You',
      amount: pending.amount,
      isOwn: true
    });
    row.dataset.pending = '';
    list.prepend(row);
  }

  $('history-empty').hidden = list.childElementCount > 0;
  setText('bid-count', auction.bidCount || '');
}

function bidRow({ bidder, name, amount, at, isOwn }) {
  const row = document.createElement('li');
  row.className = 'bid';
  if (isOwn) row.dataset.own = '';

  const who = element('span', 'bid-name', isOwn ? 'You' : name);
  const when = element('time', 'bid-time', 'on its way');
  if (at !== undefined) {
    const date = new Date(at);
    when.dateTime = date.toISOString();
    when.textContent = date.toLocaleTimeString();
  }
  const sum = element('span', 'bid-amount', euros(amount));
  row.append(badge(bidder, name), who, when, sum);
  return row;
}

function renderPeople({ people, you }) {
  setText('people-count', people.count || '');
  const items = people.listed.map(({ bidder, name }) => {
    const item = element('li', 'person', '');
    item.append(badge(bidder, name), element('span', '', name));
    if (bidder === you) item.append(element('span', 'person-you', 'you'));
    return item;
  });
  const more = people.count - people.listed.length;
  if (more > 0) items.push(element('li', 'person-more', `and ${more} more`));
  $('people').replaceChildren(...items);
}

/** Initials on a colour that stays with the bidder. */
function badge(bidder, name) {
  const initials = name
    .split(' ')
    .slice(0, 2)
    .map((word) => Array.from(word)[0])
    .join('');
  const node = element('span', 'badge', initials.toUpperCase());
  node.setAttribute('aria-hidden', 'true');
  node.style.setProperty('--hue', parseInt(bidder.slice(0, 6), 16) % 360);
  return node;
}

/** Brings the clock up to date; call it several times a second. */
export function renderClock({ auction, now }) {
  if (auction === null) return;
  const leftMs = Math.max(0, auction.endsAt - now);
  const seconds = Math.ceil(leftMs / 1000);
  const isOpen = auction.phase === 'open';

  setText('clock-label', isOpen ? call(seconds) : 'Next lot in');
  const digits = String(seconds % 60).padStart(2, '0');
  setText('clock', `${Math.floor(seconds / 60)}:${digits}`);
  $('clock').classList.toggle('urgent', isOpen && seconds <= 15);
  $('clock-bar').value = leftMs / Math.max(auction.lengthMs, leftMs, 1);
}

function call(seconds) {
  if (seconds > 15) return 'Closes in';
  if (seconds > 10) return 'Going once';
  return seconds > 5 ? 'Going twice' : 'Last call';
}

/** Brings the state of the connection up to date. */
export function renderLine({ state, retryAt }, roundTripMs) {
  $('line').dataset.state = state;
  $('line-retry').hidden = state !== 'waiting';
  const isLive = state === 'live';
  setText(
    'line-detail',
    isLive && roundTripMs !== null ? `${roundTripMs} ms` : ''
  );
  if (isLive) return setText('line-text', 'Live');
  if (state === 'connecting') return setText('line-text', 'Connecting…');
  // Not counted down in the live region: a screen reader would read each.
  setText('line-text', 'Line lost');
  const seconds = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
  setText('line-detail', `retry in ${seconds} s`);
}

/** For screen readers: what others can see happen. */
export function announce(text) {
  setText('announcer', text);
}

function flash(node) {
  node.classList.remove('flash');
  void node.offsetWidth; // Starts the animation again.
  node.classList.add('flash');
}

function element(name, className, text) {
  const node = document.createElement(name);
  node.className = className;
  node.textContent = text;
  return node;
}

/** Writes only what differs, for live regions; says whether it did. */
function setText(id, text) {
  const node = $(id);
  if (node.textContent === String(text)) return false;
  node.textContent = text;
  return true;
}
