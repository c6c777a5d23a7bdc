export { formatHistory } from './format-history.ts';
export { interceptStore } from './intercept-store.ts';
export { ScriptedTaskRunner, untilAborted } from './scripted-task-runner.ts';
export { seededIds } from './seeded-ids.ts';
export { storeContract } from './store-contract.ts';
export type { OpenedStore } from './store-contract.ts';
export { SimulatedClock } from './simulated-clock.ts';
export type { Settling } from './simulated-clock.ts';
