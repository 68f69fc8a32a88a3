'use strict';

// Preloaded into an app under test, which itself knows nothing of it: tells the
// parent process, when asked, what framewright does there. Loads framewright
// only then, so that an app without `framewright/register` stays stock.
process.on('message', (message) => {
  if (message !== 'status') return;
  const { status } = require('framewright');
  process.send({ status: status() });
});

// A test that was given up, by its time limit, leaves nothing running.
process.on('disconnect', () => process.exit());
