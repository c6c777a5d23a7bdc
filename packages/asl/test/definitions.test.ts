import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Json } from '@riposte/asl';
import { formatDiagnostics, parseDefinition } from '@riposte/asl';
import type { Script } from './support/drive.ts';

interface Case {
  /** The definition as text, or as JSON. */
  text?: string;
  definition?: Json;
  type?: 'STANDARD' | 'EXPRESS';
  /** The diagnostics as the API prints them; empty for a machine. */
  says: string;
}

const cases = JSON.parse(
  readFileSync(join(import.meta.dirname, 'cases', 'diagnostics.json'), 'utf8'),
) as Case[];

describe('the checks say', () => {
  for (const { text, definition, type = 'STANDARD', says } of cases) {
    const source = text ?? JSON.stringify(definition);
    test(`${says === '' ? 'nothing' : says.slice(0, 150)} about ${source.slice(0, 150)}`, () => {
      const { machine, diagnostics } = parseDefinition(source, { type });
      assert.equal(formatDiagnostics(diagnostics), says);
      assert.equal(machine !== undefined, says === '');
    });
  }
});

describe('a definition that cannot be one', () => {
  test('is refused when it is nested too deeply', () => {
    const { diagnostics } = parseDefinition('{"a":'.repeat(100_000));
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['TOO_DEEPLY_NESTED'],
    );
  });

  test('is refused when it is longer than a mebibyte', () => {
    const { machine } = parseDefinition(JSON.stringify({ Comment: '€'.repeat(400_000) }));
    assert.equal(machine, undefined);
  });

  test('is refused, not thrown at, whatever is changed in it', () => {
    const next = generator(20_260_101);
    const folder = join(import.meta.dirname, 'histories');
    const definitions = globSync('*.json', { cwd: folder })
      .sort()
      .map((file) => (JSON.parse(readFileSync(join(folder, file), 'utf8')) as Script).definition);
    for (let round = 0; round < 3000; round++) {
      const definition = definitions[next(definitions.length)] ?? null;
      const text =
        next(4) === 0
          ? mutateText(JSON.stringify(definition), next)
          : JSON.stringify(mutate(definition, next));
      const { machine, diagnostics } = parseDefinition(text);
      assert.equal(
        machine === undefined,
        diagnostics.some(({ severity }) => severity === 'ERROR'),
        text,
      );
    }
  });
});

type Next = (below: number) => number;

/** A linear congruential generator: the same seed gives the same run. */
function generator(seed: number): Next {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const VALUES: Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e30,
  '',
  '$',
  '$$.',
  '$.a[',
  'States.ALL',
  "States.Format('",
  [],
  {},
  [{}],
  'Map',
  '__proto__',
];
const NAMES = [
  'Next',
  'Catch',
  'Branches',
  'Iterator',
  'Type',
  'x.$',
  '__proto__',
  'Assign',
  'StartAt',
  'QueryLanguage',
];

/** Replaces, removes or adds one value somewhere. */
function mutate(value: Json, next: Next): Json {
  const stay = typeof value === 'object' && value !== null && next(6) > 0;
  if (!stay) return VALUES[next(VALUES.length)] ?? null;
  if (Array.isArray(value)) {
    const at = next(value.length + 1);
    return at === value.length
      ? [...value, VALUES[next(VALUES.length)] ?? null]
      : value.with(at, mutate(value[at] ?? null, next));
  }
  const entries = Object.entries(value);
  const [name, member = null] = entries[next(entries.length)] ?? [];
  if (name === undefined || next(8) === 0) {
    const added = NAMES[next(NAMES.length)] ?? 'Next';
    return Object.fromEntries([...entries, [added, VALUES[next(VALUES.length)] ?? null]]);
  }
  if (next(10) === 0) return Object.fromEntries(entries.filter(([other]) => other !== name));
  return Object.fromEntries([...entries.filter(([other]) => other !== name), [name, mutate(member, next)]]);
}

function mutateText(text: string, next: Next): string {
  const at = next(text.length);
  return text.slice(0, at) + String.fromCharCode(next(0x250)) + text.slice(at + next(3));
}
