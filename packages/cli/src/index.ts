export { runCommand, type Surroundings } from './program.ts';
export type { Terminal } from './terminal.ts';
