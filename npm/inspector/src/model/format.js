/** Numbers, times and bytes as people read them. */

const grouped = new Intl.NumberFormat('en-US');

/** 1234567 → "1,234,567". */
export function count(value) {
  return grouped.format(value);
}

/** "1 frame", "2 frames". */
export function plural(value, noun) {
  return `${count(value)} ${noun}${Number(value) === 1 ? '' : 's'}`;
}

/** 1536 → "1.50 KiB"; below 1024 it is exact. */
export function bytes(len) {
  const value = Number(len);
  if (value < 1024) return plural(value, 'byte');
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  const power = Math.min(Math.floor(Math.log2(value) / 10), units.length);
  const scaled = value / 1024 ** power;
  return `${scaled.toPrecision(3)} ${units[power - 1]}`;
}

/** As `bytes`, without the unit where it is plain. */
export function shortLen(len) {
  return Number(len) < 10_000 ? count(len) : bytes(len);
}

/** ns between two moments, in the unit that suits it. */
export function duration(ns) {
  const abs = Math.abs(ns);
  if (abs < 1e3) return `${ns} ns`;
  if (abs < 1e6) return `${trim(ns / 1e3)} µs`;
  if (abs < 1e9) return `${trim(ns / 1e6)} ms`;
  if (abs < 120e9) return `${trim(ns / 1e9)} s`;
  const seconds = Math.round(ns / 1e9);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Seconds since the start with ms: "12.345". */
export function clock(ns) {
  return (ns / 1e9).toFixed(3);
}

export function hex2(byte) {
  return byte.toString(16).padStart(2, '0');
}

export function hex(bytes, separator = ' ') {
  return Array.from(bytes, hex2).join(separator);
}

/** An offset in hex, at least four digits. */
export function offset(value) {
  return value.toString(16).padStart(4, '0');
}

function trim(value) {
  return String(Number(value.toPrecision(4)));
}
