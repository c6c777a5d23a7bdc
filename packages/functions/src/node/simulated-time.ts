const MachineDate = Date;
let nowMs: number | undefined;

/**
 * From now on it is this time in the function's process, and stays it: a `Date` without arguments and `Date.now()` say
 * so. Timers go on by the machine's clock.
 * @param ms milliseconds since the epoch
 */
export function setTime(ms: number): void {
  if (nowMs === undefined) globalThis.Date = simulatedDate;
  nowMs = ms;
}

const now = (): number => nowMs ?? MachineDate.now();

const simulatedDate = new Proxy(MachineDate, {
  construct: (target, words: unknown[], newTarget) =>
    Reflect.construct(target, words.length === 0 ? [now()] : words, newTarget) as Date, // Date constructs dates
  apply: () => new MachineDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
});
