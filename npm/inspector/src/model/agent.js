const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['Firefox', 'Firefox'],
  ['HeadlessChrome', 'Chrome, headless'],
  ['Chrome', 'Chrome'],
  ['Version', 'Safari']
];

/** A user agent in short, as "Chrome 124", or null. */
export function agentName(agent) {
  if (!agent) return null;
  for (const [token, name] of BROWSERS) {
    const [, version] = new RegExp(`${token}/(\\d+)`).exec(agent) ?? [];
    if (version) return `${name} ${version}`;
  }
  return agent.split(' ', 1)[0].slice(0, 40);
}
