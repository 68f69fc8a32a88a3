#!/usr/bin/env node
import { main } from '../bench/harness/main.mjs';

process.exitCode = await main(process.argv.slice(2));
