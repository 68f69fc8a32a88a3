/** The worker that decodes what most applications send. */

import { serve } from '../engine/rpc.js';
import { Payload } from './payload.js';
import { TEXT_FORMATS, guessText } from './text-formats.js';

serve(new Payload(TEXT_FORMATS, guessText));
