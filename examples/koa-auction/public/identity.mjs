const ADJECTIVES = [
  'Amber',
  'Brisk',
  'Copper',
  'Distant',
  'Early',
  'Gentle',
  'Keen',
  'Northern',
  'Quiet',
  'Silver',
  'Steady',
  'Velvet'
];
const BIRDS = [
  'Avocet',
  'Curlew',
  'Dunlin',
  'Fulmar',
  'Gannet',
  'Heron',
  'Kestrel',
  'Lapwing',
  'Petrel',
  'Plover',
  'Sandpiper',
  'Tern'
];

/** Per tab, so that two tabs can bid against each other; survives reloads. */
export function ownToken() {
  let token = sessionStorage.getItem('token');
  if (token === null) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    token = Array.from(bytes, (byte) =>
      byte.toString(16).padStart(2, '0')
    ).join('');
    sessionStorage.setItem('token', token);
  }
  return token;
}

export function ownName() {
  const name = sessionStorage.getItem('name');
  return name ?? `${pick(ADJECTIVES)} ${pick(BIRDS)}`;
}

export function keepName(name) {
  sessionStorage.setItem('name', name);
}

function pick(words) {
  return words[Math.floor(Math.random() * words.length)];
}
