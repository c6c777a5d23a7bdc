import { untilInterrupted } from '../../src/commands/start.ts';

const interrupted = untilInterrupted();
process.stdout.write('waiting\n');
await interrupted;
process.stdout.write('stopping\n');
setInterval(() => {}, 60_000); // what stops hangs
