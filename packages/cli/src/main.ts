import './linear-regular-expressions.ts'; // first: it sets up V8 before any other module's code runs
import { runCommand } from './program.ts';
import { processTerminal } from './terminal.ts';

process.exitCode = await runCommand(process.argv.slice(2), {
  terminal: processTerminal(),
  environment: process.env,
});
