/** The page docs/coverage/step-functions.md: Step Functions operation by operation, field by field. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseDefinition } from '@riposte/asl';
// The rooms' own tables, past their doors: nobody but this page needs them.
import { optimisedIntegrations } from '../../packages/asl/src/check/integrations.ts';
import { tables } from '../../packages/asl/src/check/tables.ts';
import { operators } from '../../packages/asl/src/choice/operators.ts';
import { mockedResultProblem } from '../../packages/gateway/src/answers/mocked-result.ts';
import { entries } from '../../packages/gateway/src/operations/entries.ts';
import { integrations } from '../../packages/gateway/src/tasks/support.ts';
import { HTTP_TASK } from './http-task.ts';
import { keptOnly } from './kept-only.ts';
import { operationModel, serviceModel, type Schema } from '../../packages/gateway/src/wire/models.ts';
import { requiredMembers } from '../../packages/gateway/src/wire/validation.ts';
import { membersOf, probeInput, type InputProbe } from './probe-input.ts';
import { tourStates } from './states-tour.ts';

interface InputUse extends InputProbe {
  /** Members that make no difference but that they are told again; undefined: not tried. */
  kept: ReadonlySet<string> | undefined;
}

const STATE_TYPES = Object.keys(tables.JSONPath) as (keyof typeof tables.JSONPath)[];
const sources = resolve(import.meta.dirname, '..', '..', 'packages');

export async function stepFunctionsPage(): Promise<string> {
  const told = await tourStates();
  const kept = await keptOnly();
  const model = serviceModel('states')!; // the SDK's client is a dependency
  const written = new Map(
    entries.flatMap(({ kind, operation }) =>
      kind === 'service' && operation.service === 'states' ? [[operation.name, operation] as const] : [],
    ),
  );
  const names = [...model.operations.keys()].toSorted();
  const missing = names.filter((name) => !written.has(name));
  const sections: string[] = [];
  for (const name of names) {
    const operation = written.get(name);
    if (!operation) continue;
    const { input, output } = operationModel('states', name);
    const probe = await probeInput(operation, input);
    sections.push(operationSection(name, input, { ...probe, kept: kept.get(name) }, output, told.get(name)));
  }
  return [
    '# Coverage: Step Functions',
    '',
    'Generated from the code by `npm run coverage`; nothing here is kept by hand.',
    '',
    'Input: each handler is run and watched.',
    '',
    '- *taken*: the handler looks at the member, to check it or to act on it. That it has the effect it has on AWS is what the tests and the recorded cases are for; this page does not show it.',
    `- *kept and told, nothing more*: it has no effect here but that it can be read again. Tried for ${listed([...kept.keys()])}: a machine is set up and run with the member and without, and its descriptions, history, logs, messages and calls are compared. Where the service would do something of its own with it (traces from tracingConfiguration and traceHeader), that is missing here.`,
    '- *refused*: refused by name.',
    '- *without effect*: the handler never looks at it.',
    '',
    'Output: a tour calls every operation on a real system in memory, *told* is what an answer of it carried, *not there* what none did. The tour is made so that it brings about every situation in which a member could be told; the details of a history’s events are not listed.',
    '',
    `${written.size} of ${names.length} operations answer.${missing.length > 0 ? ` Refused as unknown: ${missing.join(', ')}.` : ''}`,
    '',
    '## Operations',
    '',
    ...sections,
    errorsSection([...model.errors.values()].map(({ name }) => name)),
    languageSection(),
    integrationsSection(),
    mocksSection(),
  ].join('\n');
}

function operationSection(
  name: string,
  input: Schema,
  probe: InputUse,
  output: Schema,
  told: ReadonlySet<string> | undefined,
): string {
  const needed = new Set(requiredMembers(input));
  const taken = membersOf(input).map(
    ([member, schema]) =>
      `| ${member}${needed.has(member) ? ' *' : ''} | ${inputWord(member, schema, probe)} |`,
  );
  const places = placesOf(output, '', 3);
  return [
    `### ${name}`,
    '',
    ...(taken.length > 0 ? ['| input (* required) | here |', '|---|---|', ...taken, ''] : []),
    ...(places.length > 0 ? [answersLine(places, told), ''] : []),
  ].join('\n');
}

function answersLine(places: readonly string[], told: ReadonlySet<string> | undefined): string {
  if (told === undefined) return 'Its answers are not looked at by the tour.';
  const silent = places.filter((place) => !told.has(place));
  const line = `Told: ${listed(places.filter((place) => told.has(place)))}.`;
  return silent.length > 0 ? `${line} Not there: ${listed(silent)}.` : line;
}

function inputWord(member: string, schema: Schema, { read, refused, kept }: InputUse): string {
  const refusal = refused.get(member);
  if (refusal?.always) return `refused: ${refusal.message}`;
  if (!read.has(member)) return 'without effect';
  const prefix = schema.isListSchema() ? `${member}[].` : `${member}.`;
  const inner = membersOf(schema.isListSchema() ? schema.getValueSchema() : schema).map(([name]) => name);
  const seen = inner.filter((name) => read.has(`${prefix}${name}`));
  const unseen = inner.filter((name) => !seen.includes(name));
  const parts = seen.length > 0 && unseen.length > 0 ? `; without effect: ${listed(unseen)}` : '';
  const word = kept?.has(member) ? 'kept and told, nothing more' : 'taken';
  return `${word}${parts}${refusal ? `; refused for some values: ${refusal.message}` : ''}`;
}

/** Members of an answer, dotted, to a depth; an event's details are as many as there are event types. */
function placesOf(schema: Schema, at: string, depth: number): string[] {
  if (depth === 0) return [];
  return membersOf(schema).flatMap(([name, member]) => {
    const place = at === '' ? name : `${at}.${name}`;
    if (name.endsWith('EventDetails')) return [];
    const inner = member.isListSchema()
      ? placesOf(member.getValueSchema(), `${place}[]`, depth - 1)
      : placesOf(member, place, depth - 1);
    return [place].concat(inner);
  });
}

/** An error that no source names is never answered. */
function errorsSection(errors: readonly string[]): string {
  const texts = globSync(['engine/src/**/*.ts', 'gateway/src/**/*.ts', 'asl/src/**/*.ts'], {
    cwd: sources,
  }).map((file) => readFileSync(join(sources, file), 'utf8'));
  const isNamed = (error: string) => texts.some((text) => text.includes(`'${error}'`));
  const names = [...new Set(errors)].toSorted();
  return [
    '## Errors',
    '',
    `Answered where the service answers them: ${listed(names.filter(isNamed))}.`,
    '',
    `Never answered: ${listed(names.filter((name) => !isNamed(name)))}.`,
    '',
  ].join('\n');
}

function languageSection(): string {
  const fields = [
    ...new Set(
      STATE_TYPES.flatMap((type) => [
        ...Object.keys(tables.JSONPath[type]),
        ...Object.keys(tables.JSONata[type]),
      ]),
    ),
  ].map((name) => name.replace('*', ''));
  const rows = [...new Set(fields)]
    .toSorted()
    .map((field) => `| ${field} | ${STATE_TYPES.map((type) => fieldWord(field, type)).join(' | ')} |`);
  return [
    '## The language: fields by state type',
    '',
    'P in JSONPath states, A in JSONata states, PA in both, *✗* known and refused by name for now, empty: not a field of this state. *\\** required.',
    '',
    `| field | ${STATE_TYPES.join(' | ')} |`,
    `|---|${STATE_TYPES.map(() => '---').join('|')}|`,
    ...rows,
    '',
    `Comparison operators of Choice rules (JSONPath), besides And, Or and Not: ${listed([...operators.keys()])}.`,
    '',
  ].join('\n');
}

function fieldWord(field: string, type: (typeof STATE_TYPES)[number]): string {
  const letters = (['JSONPath', 'JSONata'] as const).map((language) => {
    const table = tables[language][type];
    const isRequired = Object.hasOwn(table, `${field}*`);
    if (!isRequired && !Object.hasOwn(table, field)) return '';
    const letter = language === 'JSONPath' ? 'P' : 'A';
    return isRefused(field, type, language) ? '✗' : `${letter}${isRequired ? '*' : ''}`;
  });
  const word = [...new Set(letters)].join('');
  return word === 'P*A*' ? 'PA*' : word;
}

/** Whether the checks say "not yet" to the field, whatever its value. */
function isRefused(field: string, type: string, language: string): boolean {
  const values = ['text', '$.a', 1, true, {}, [], { RoleArn: 'arn:aws:iam::000000000000:role/r' }];
  return values.every((value) => {
    const state = { Type: type, QueryLanguage: language, [field]: value };
    const { diagnostics } = parseDefinition(JSON.stringify({ StartAt: 'S', States: { S: state } }));
    return diagnostics.some(
      ({ message, location }) => message.includes('not supported yet') && location?.includes(field),
    );
  });
}

function integrationsSection(): string {
  const rows = optimisedIntegrations().map(({ service, action, suffixes }) => {
    const words = ['', ...suffixes].map((suffix) => {
      const resource = `arn:aws:states:::${service}:${action}${suffix}`;
      return integrations.resourceProblem(resource) === undefined
        ? suffix || 'request and response'
        : undefined;
    });
    const there = words.filter((word) => word !== undefined);
    return { name: `${service}:${action}`, there };
  });
  const written = rows.filter(({ there }) => there.length > 0);
  const refused = rows.filter(({ there }) => there.length === 0);
  return [
    '## Integrations',
    '',
    '| optimised integration | forms |',
    '|---|---|',
    ...written.map(({ name, there }) => `| ${name} | ${there.join(', ')} |`),
    '',
    `Refused when a machine is created, by name: ${listed(refused.map(({ name }) => name))}.`,
    '',
    '`http:invoke` differs from the developer guide, or the guide is silent, in this:',
    '',
    ...HTTP_TASK.map((line) => `- ${line}`),
    '',
    'Lambda function ARNs and activities work as resources too. `aws-sdk:` integrations: every action of every service whose `@aws-sdk` client is installed, checked against the client’s own model; others are refused with the package to install.',
    '',
  ].join('\n');
}

/** What TestState does with mocked results, at fieldValidationMode STRICT and PRESENT. */
function mocksSection(): string {
  const names = optimisedIntegrations().flatMap(({ service, action, suffixes }) =>
    ['', ...suffixes].map((suffix) => `${service}:${action}${suffix}`),
  );
  const words = Map.groupBy(names, mockWord);
  return [
    '## Mocked results',
    '',
    'At `fieldValidationMode` STRICT and PRESENT, TestState holds a mocked result against the model of the API behind the resource; for `.sync` that is the API that is polled. `aws-sdk:` integrations are held against the client’s model; where the client is not installed the mock is refused with the package to install, unless `fieldValidationMode` is NONE.',
    '',
    `Held against a model: ${listed(words.get('checked') ?? [])}.`,
    '',
    `May be anything, as the answer of a function may: ${listed(words.get('anything') ?? [])}.`,
    '',
    `Refused unless \`fieldValidationMode\` is NONE, because no model is there: ${listed(words.get('refused') ?? [])}.`,
    '',
  ].join('\n');
}

function mockWord(name: string): 'checked' | 'anything' | 'refused' {
  try {
    // nothing that has a model is a text
    const problem = mockedResultProblem(`arn:aws:states:::${name}`, 'text', 'PRESENT');
    return problem === undefined ? 'anything' : 'checked';
  } catch {
    return 'refused';
  }
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ');
}
