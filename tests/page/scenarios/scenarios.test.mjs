// What people come to the inspector for, each from its start to its answer by keys alone, at three sizes and in both
// themes. With PICTURES=folder in the environment, pictures are saved there.

import { describe, it } from 'node:test';

import { missingInspector } from '../support/page.mjs';
import { encrypted, oversized, withSchema } from './captures.mjs';
import { failedBid, resent, twoClients } from './live.mjs';
import { Person } from './person.mjs';

const LOOKS = [
  { width: 1440, height: 900 },
  { width: 900, height: 700 },
  { width: 390, height: 844 }
];

const SCENARIOS = {
  'finds the bid that failed, in an auction from its middle': failedBid,
  'finds the oversized message among 100,000': oversized,
  'reads a protobuf message with its schema': withSchema,
  'sends an edited message again, and sees the answer': resent,
  'follows two clients of one user': twoClients,
  'says why a TLS capture shows nothing': encrypted
};

describe('somebody', { skip: missingInspector(), timeout: 600_000 }, () => {
  for (const [what, scenario] of Object.entries(SCENARIOS))
    for (const look of LOOKS)
      it(`${what}, at ${look.width} × ${look.height}`, async (t) => {
        const name = `${scenario.name}-${look.width}`;
        await scenario(t, await Person.at(t, look, name));
      });
});
