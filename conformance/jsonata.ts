/**
 * Runs the JSONata language cases that lie beside the project: each as the Output of a Pass state, its input as the
 * state's input, its bindings as variables. A state has no context item; an expression that wants one is written
 * `$states.input.{"result": … }`, which gives it one, and nothing else is changed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { formatDiagnostics, parseDefinition, step, type Environment, type Json } from '@riposte/asl';

interface Case {
  group: string;
  case: string;
  expr: string;
  data?: Json;
  dataset?: string | null;
  bindings?: Record<string, Json>;
  result?: Json;
  undefinedResult?: boolean;
  code?: string;
  error?: { code?: string };
  unordered?: boolean;
}

/** Why a case cannot hold inside a state machine: something that the service refuses or does not have. */
type Rule = string;
/** A bound of the evaluation here (packages/asl/src/jsonata/bounds.ts) that a case runs into. */
type Bound = string;

export interface JsonataOutcomes {
  passed: number;
  failed: { name: string; expr: string; wanted: string; found: string }[];
  excluded: Map<Rule, string[]>;
  /** The language gives these a value, and the evaluation here ends before it has one. No rule refuses them. */
  bounded: Map<Bound, string[]>;
}

/** @param folder  that of `cases.json` and `datasets.json` */
export async function runJsonataCases(folder: string): Promise<JsonataOutcomes> {
  const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown;
  const datasets = read('datasets.json') as Record<string, Json>;
  const outcomes: JsonataOutcomes = { passed: 0, failed: [], excluded: new Map(), bounded: new Map() };
  for (const one of read('cases.json') as Case[]) {
    const input = typeof one.dataset === 'string' ? datasets[one.dataset] : one.data;
    const name = `${one.group}/${one.case}`;
    const wanted = wantedOf(one);
    const found = await evaluate(one, input, wanted);
    if (isSame(found, wanted, one)) {
      outcomes.passed += 1;
      continue;
    }
    const bound = boundOf(found, wanted);
    const rule = ruleAgainst(one, found);
    if (bound !== undefined) add(outcomes.bounded, bound, name);
    else if (rule !== undefined) add(outcomes.excluded, rule, name);
    else outcomes.failed.push({ name, expr: one.expr, wanted: text(wanted), found: text(found) });
  }
  return outcomes;
}

function add(lists: Map<string, string[]>, key: string, name: string): void {
  lists.set(key, [...(lists.get(key) ?? []), name]);
}

type Found = { value: Json } | { refused: string } | { failed: string };
type Wanted = { value: Json } | { undefined: true } | { code: string };

function wantedOf({ result, undefinedResult, code, error }: Case): Wanted {
  if (undefinedResult === true) return { undefined: true };
  const errorCode = code ?? error?.code;
  return errorCode === undefined ? { value: result ?? null } : { code: errorCode };
}

function isSame(found: Found, wanted: Wanted, { unordered }: Case): boolean {
  if ('value' in wanted) {
    if (!('value' in found)) return false;
    const order = (value: Json) =>
      unordered === true && Array.isArray(value) ? value.map((item) => JSON.stringify(item)).sort() : value;
    return isDeepStrictEqual(order(plain(found.value)), order(plain(wanted.value)));
  }
  if ('undefined' in wanted)
    return 'failed' in found && found.failed.endsWith('returned nothing (undefined).');
  // Errors of syntax are found when the machine is created, and told without their code.
  if ('refused' in found)
    return wanted.code.startsWith('S') && found.refused.startsWith('INVALID_JSONATA_EXPRESSION');
  if (!('failed' in found)) return false;
  const isBound = /Stack overflow error|Expression evaluation timeout/.test(found.failed);
  return (
    found.failed.includes(` threw an error during evaluation. ${wanted.code}: `) ||
    (wanted.code === 'U1001' && isBound)
  );
}

/** Numbers as JSON carries them: `-0` is 0. */
function plain(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function boundOf(found: Found, wanted: Wanted): Bound | undefined {
  if (!('failed' in found) || 'code' in wanted) return undefined;
  if (found.failed.includes('Stack overflow error')) return 'nodes nest at most 100 deep';
  if (found.failed.includes('memory limit exceeded')) return 'a value holds at most 6,990,256 bytes';
  return found.failed.includes('Expression evaluation timeout') ? 'an evaluation takes its time' : undefined;
}

function ruleAgainst({ expr }: Case, found: Found): Rule | undefined {
  if (/\$eval\b/.test(expr)) return 'there is no $eval';
  if ('refused' in found && /Reference to '\$\$'/.test(found.refused))
    return '$$ is refused: there is no context item';
  if ('refused' in found && found.refused.startsWith('UNSUPPORTED'))
    return 'what reads from a context item is refused, and an array or nothing cannot be one';
  if ('failed' in found && found.failed.endsWith('returned an unsupported result type.'))
    return 'a function is no result';
  if (/^\$\w+\((\)|function)/.test(expr) && 'failed' in found)
    return 'a function that falls back on the context item finds none';
  return undefined;
}

/** As it stands; where that is not what is wanted, with the input as its context item if that is an object. */
async function evaluate(one: Case, input: Json | undefined, wanted: Wanted): Promise<Found> {
  const { expr, bindings = {} } = one;
  const found = await outcomeOf(expr, bindings, input);
  const isItem = typeof input === 'object' && input !== null && !Array.isArray(input);
  if (!isItem || isSame(found, wanted, one)) return found;
  if ('refused' in found && !found.refused.startsWith('UNSUPPORTED')) return found;
  const held = await outcomeOf(`$states.input.{"result": (${expr}\n)}`, bindings, input);
  if (!('value' in held)) return held;
  const { result } = held.value as { result?: Json };
  return result === undefined ? { failed: 'returned nothing (undefined).' } : { value: result };
}

async function outcomeOf(
  expression: string,
  bindings: Record<string, Json>,
  input: Json | undefined,
): Promise<Found> {
  const { machine, diagnostics } = machineOf(expression, bindings);
  if (!machine) return { refused: formatDiagnostics(diagnostics) };
  const execution = { ...EXECUTION, input: JSON.stringify(input ?? {}) };
  const snapshot = { records: new Map(), nextEventId: 1 };
  const { outcome } = await step(machine, execution, snapshot, { type: 'start' }, environment);
  if (outcome?.status === 'SUCCEEDED') return { value: JSON.parse(outcome.output) as Json };
  return { failed: outcome?.status === 'FAILED' ? (outcome.cause ?? '') : String(outcome?.status) };
}

function machineOf(expression: string, bindings: Record<string, Json>) {
  const States = {
    Bind: { Type: 'Pass', Assign: bindings, Next: 'Evaluate' },
    Evaluate: { Type: 'Pass', Output: `{% ${expression} %}`, End: true },
  };
  return parseDefinition(JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Bind', States }));
}

const EXECUTION = {
  executionArn: 'arn:aws:states:us-east-1:000000000000:execution:case:run',
  name: 'run',
  roleArn: 'arn:aws:iam::000000000000:role/case',
  startTimeMs: 0,
  redriveCount: 0,
  stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:case',
  stateMachineName: 'case',
  region: 'us-east-1',
};

let drawn = 0;
const environment: Environment = {
  nowMs: Date.UTC(2026, 0, 1),
  uuid: () => '00000000-0000-4000-8000-000000000000',
  secret: () => 'secret',
  uniform: () => (drawn++ * 0.618_033_988_75) % 1,
};

function text(value: unknown): string {
  return JSON.stringify(value);
}
