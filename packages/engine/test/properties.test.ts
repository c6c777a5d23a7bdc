/**
 * What holds for every execution, whatever its machine, whenever its server dies. Machines and the fates of tasks come
 * from a seed: `SEED=7 npm test -- packages/engine/test/properties.test.ts` runs one, `RUNS=300 …` many.
 */
import assert from 'node:assert/strict';
import type { JsonObject } from '@riposte/asl';
import type { HistoryEvent, StoreHost } from '@riposte/engine';
import { expectEndedHistory, generateMachine, property, type Death } from '@riposte/testkit';
import { FatedWorld } from './fated-world.ts';
import { temporaryFile } from './world.ts';

const DEATHS = 2;
const UUID = /0{8}-0000-4000-8000-\d{12}/g;

/** Event by event, times included, but for random ids. A difference is told by its first event. */
function expectSame(resumed: readonly HistoryEvent[], whole: readonly HistoryEvent[], place: string): void {
  const texts = (history: readonly HistoryEvent[]) =>
    history.map((event) => JSON.stringify(event).replaceAll(UUID, '<uuid>'));
  const [after, before] = [texts(resumed), texts(whole)];
  const at = before.findIndex((text, index) => text !== after[index]);
  if (at >= 0) assert.equal(after[at], before[at], `${place}: event ${at + 1}`);
  assert.equal(after.length, before.length, place);
}

property(
  'a server that dies at any write and starts again tells the same history',
  5,
  async (dice, t, seed) => {
    const generated = generateMachine(dice);
    const whole = await new FatedWorld(temporaryFile(t), generated, seed).live();
    assert.ok(whole);
    expectEndedHistory(whole.history);
    for (let deaths = 0; deaths < DEATHS; deaths++) {
      const death: Death = {
        atWrite: dice.integer(1, whole.writes),
        moment: dice.pick(['before', 'after']),
      };
      const world = new FatedWorld(temporaryFile(t), generated, seed);
      const resumed = (await world.live(death)) ?? (await world.live());
      expectSame(resumed?.history ?? [], whole.history, `death ${death.moment} write ${death.atWrite}`);
    }
  },
);

property(
  'what is stopped or fails can be redriven, and ends again with a sound history',
  6,
  async (dice, t, seed) => {
    const world = new FatedWorld(temporaryFile(t), generateMachine(dice), seed);
    const stop = (host: StoreHost, executionArn: string) =>
      host.stopExecution({ executionArn, error: 'Stopped' });
    const redrive = (host: StoreHost, executionArn: string) => host.redriveExecution({ executionArn });
    const stopAtMs = world.nowMs + dice.integer(1, 20_000);
    let life = await world.live(undefined, dice.chance(0.5) ? [{ atMs: stopAtMs, act: stop }] : []);
    for (let redrives = 0; life && life.status !== 'SUCCEEDED' && redrives < 2; redrives++) {
      assert.notEqual(life.status, 'RUNNING');
      world.fates += 1000;
      life = await world.live(undefined, [{ atMs: world.nowMs, act: redrive }]);
      assert.equal(life?.history.filter(({ type }) => type === 'ExecutionRedriven').length, redrives + 1);
    }
    expectEndedHistory(life?.history ?? []);
    assert.deepEqual(life?.stuck, []);
  },
);

property('a Map Run whose server dies ends as one that was left alone', 4, async (dice, t, seed) => {
  const { definition, input } = generateMachine(dice, { depthMax: 1 });
  const { StartAt = '', States = {}, ...settings } = definition;
  const isJsonata = settings['QueryLanguage'] === 'JSONata';
  const selector = Object.fromEntries(Object.keys(input).map((name) => [`${name}.$`, `$.${name}`]));
  const each: JsonObject = {
    Type: 'Map',
    Label: 'each',
    // every child has the input that the generated states look for
    ...(isJsonata
      ? { Items: '{% [1, 2, 3] %}', ItemSelector: '{% $states.input %}' }
      : { ItemsPath: '$.o.list', ItemSelector: selector }),
    MaxConcurrency: dice.integer(0, 2),
    ToleratedFailureCount: dice.integer(0, 3),
    ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, StartAt, States },
    End: true,
  };
  const generated = {
    definition: { ...settings, StartAt: 'Each', States: { Each: each } },
    input,
  };
  const whole = await new FatedWorld(temporaryFile(t), generated, seed).live();
  assert.ok(whole);
  expectEndedHistory(whole.history);
  const death: Death = { atWrite: dice.integer(1, whole.writes), moment: dice.pick(['before', 'after']) };
  const world = new FatedWorld(temporaryFile(t), generated, seed);
  const resumed = (await world.live(death)) ?? (await world.live());
  assert.deepEqual(resumed?.stuck, []);
  expectSame(resumed?.history ?? [], whole.history, `death ${death.moment} write ${death.atWrite}`);
});
