// The addon's file, as `npm run build` made it.

import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../../npm/framewright/native/', import.meta.url);
const [name] = fs.readdirSync(folder).filter((name) => name.endsWith('.node'));

export const ADDON = fileURLToPath(new URL(name, folder));
