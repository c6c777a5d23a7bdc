import { setFlagsFromString } from 'node:v8';

/**
 * Patterns come from machines and templates of others. One that backtracks without end would stop the whole server: after
 * this many backtracks V8 goes on with its engine of linear time. Patterns with look-around, back-references or
 * the flags i and u cannot: `@riposte/asl` lets none of them into a path.
 */
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
setFlagsFromString('--regexp-backtracks-before-fallback=20000');
