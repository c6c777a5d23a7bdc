export { dyingStore } from './dying-store.ts';
export type { Death, DyingStore } from './dying-store.ts';
export { expectEndedHistory, expectSoundHistory } from './expect-sound-history.ts';
export { formatHistory } from './format-history.ts';
export { interceptStore } from './intercept-store.ts';
export { anyJson, machineInput, oddText } from './machines/generated-data.ts';
export { generateMachine } from './machines/generate-machine.ts';
export type { GeneratedMachine } from './machines/generate-machine.ts';
export { mutate, mutateText, nested } from './machines/mutate.ts';
export { taskFate } from './machines/task-fate.ts';
export type { TaskFate } from './machines/task-fate.ts';
export { Dice } from './properties/dice.ts';
export { property } from './properties/property.ts';
export { ScriptedTaskRunner, untilAborted } from './scripted-task-runner.ts';
export { storeContract } from './store-contract.ts';
export type { OpenedStore } from './store-contract.ts';
// They live where `riposte test` can have them too.
export { seededIds, SimulatedClock } from '@riposte/engine';
export type { Settling } from '@riposte/engine';
