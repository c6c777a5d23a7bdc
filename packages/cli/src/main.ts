import '@riposte/server'; // first: it sets up V8 before any other module's code runs
import { runCommand } from './program.ts';
import { processTerminal } from './terminal.ts';

// Whoever reads our output may stop early (`| head`): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runCommand(process.argv.slice(2), {
  terminal: processTerminal(),
  environment: process.env,
});
