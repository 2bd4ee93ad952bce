#!/usr/bin/env node
import { run } from './run';
import { processStreams } from './streams';
import { subcommands } from './subcommands';

void run(process.argv.slice(2), subcommands, processStreams).then((code) => {
  process.exitCode = code;
});
