export { formatHistory } from './format-history.ts';
export { ScriptedTaskRunner, untilAborted } from './scripted-task-runner.ts';
export { seededIds } from './seeded-ids.ts';
export { SimulatedClock } from './simulated-clock.ts';
export type { Settling } from './simulated-clock.ts';
