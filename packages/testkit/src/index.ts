export { dyingStore } from './dying-store.ts';
export type { Death, DyingStore } from './dying-store.ts';
export { formatHistory } from './format-history.ts';
export { interceptStore } from './intercept-store.ts';
export { ScriptedTaskRunner, untilAborted } from './scripted-task-runner.ts';
export { storeContract } from './store-contract.ts';
export type { OpenedStore } from './store-contract.ts';
// They live where `riposte test` can have them too.
export { seededIds, SimulatedClock } from '@riposte/engine';
export type { Settling } from '@riposte/engine';
