// framewright/http2's types, in an ES module.
import { createServer } from 'node:http2';

import { acceptWebSockets } from 'framewright/http2';

acceptWebSockets(createServer())();
