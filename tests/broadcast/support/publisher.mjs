// A process that publishes, and tells its parent how much of it Redis has taken in the end.

import { createHub } from 'framewright/broadcast';

const [redis, count] = process.argv.slice(2);
const logger = { info() {}, warn() {} };
const hub = createHub({
  redis,
  history: { count: 20_000, age: 3_600_000 },
  logger
});
const promises = [];

for (let i = 0; i < Number(count); i++) {
  promises.push(hub.publish('a', `child ${i}`).shared);
  if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}

const results = await Promise.allSettled(promises);
const taken = results.filter(({ status }) => status === 'fulfilled').length;
process.send({ taken }, () => {
  hub.close();
  process.disconnect();
});
