import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDefinition, type Machine } from '@riposte/asl';

const folder = join(import.meta.dirname, 'machines');
export const machineNames = readdirSync(folder)
  .filter((file) => file.endsWith('.asl.json'))
  .map((file) => file.replace('.asl.json', ''));

export function machineNamed(name: string): Machine {
  return parsed(readFileSync(join(folder, `${name}.asl.json`), 'utf8'));
}

function parsed(definition: string): Machine {
  const { machine, diagnostics } = parseDefinition(definition);
  if (machine === undefined) throw new Error(JSON.stringify(diagnostics));
  return machine;
}

/** A machine with choices, catches, loops and containers, the same for the same seed. */
export function randomMachine(seed: number, count: number): Machine {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let used = 0;
  const graph = (size: number, depth: number): object => {
    const names = Array.from({ length: size }, () => `State ${(used += 1)}${'x'.repeat(random(20))}`);
    const any = (): string => names[random(size)]!; // below size
    const caught = () => (random(3) === 0 ? { Catch: [{ ErrorEquals: ['States.ALL'], Next: any() }] } : {});
    const states = names.map((name, index): [string, object] => {
      const onward = index + 1 < size ? { Next: names[index + 1] } : { End: true };
      const kind = random(depth < 2 ? 7 : 5);
      if (kind === 0 && index + 1 < size)
        return [
          name,
          {
            Type: 'Choice',
            Choices: [
              { Variable: '$.a', NumericGreaterThan: index, Next: any() },
              { Variable: '$.b', IsPresent: true, Next: any() },
            ],
            Default: names[index + 1],
          },
        ];
      if (kind === 5)
        return [
          name,
          { Type: 'Map', ItemProcessor: graph(1 + random(3), depth + 1), ...caught(), ...onward },
        ];
      if (kind === 6)
        return [
          name,
          {
            Type: 'Parallel',
            Branches: Array.from({ length: 1 + random(3) }, () => graph(1 + random(3), depth + 1)),
            ...caught(),
            ...onward,
          },
        ];
      if (kind === 1) return [name, { Type: 'Wait', Seconds: 5, ...onward }];
      return [
        name,
        {
          Type: 'Task',
          Resource: 'arn:aws:lambda:us-east-1:000000000000:function:f',
          ...caught(),
          ...onward,
        },
      ];
    });
    return { StartAt: names[0], States: Object.fromEntries(states) };
  };
  return parsed(JSON.stringify(graph(count, 0)));
}
