import { type Diagnostic, type Integrations, parseDefinition } from '@riposte/asl';
import { placeIn, type Value } from '../read/value.ts';
import { isStandIn, withStandInsAs } from '../resolve/stand-in.ts';
import { Findings, TemplateError } from '../template-error.ts';
import { DefinitionPlaces, valueAt } from './definition-places.ts';
import {
  asJson,
  DEFINITION_BYTES_MAX,
  replacePlaceholders,
  substitutionsOf,
  writtenDefinition,
} from './definition-text.ts';
import { textAt } from './properties.ts';
import type { PlannedContent } from './resource-type.ts';

const DECIDING = [
  'Definition',
  'DefinitionString',
  'DefinitionS3Location',
  'DefinitionSubstitutions',
  'StateMachineType',
];

/**
 * What Step Functions would refuse in a definition. Where its text is no JSON, the place in the text is told; what
 * is wrong with a state has the state's path, as the service gives it.
 * @throws TemplateError with everything that is wrong
 */
export function checkDefinition(content: PlannedContent): void {
  const { properties, unknown, supported } = content;
  const type = textAt(properties, 'StateMachineType') ?? 'STANDARD';
  if (DECIDING.some((name) => unknown.has(name)) || (type !== 'STANDARD' && type !== 'EXPRESS')) return;
  const text = replacedText(content);
  const definition = text === undefined ? undefined : jsonOf(text, content);
  if (text === undefined || definition === undefined) return;
  const integrations = supported.integrations && exceptStandIns(supported.integrations);
  const { diagnostics } = parseDefinition(definition, { type, ...(integrations && { integrations }) });
  const errors = diagnostics.filter(({ severity }) => severity === 'ERROR');
  const document = JSON.parse(definition) as Value; // it is JSON
  // a value that is to come may decide on others too: which states are reached, in which language they are
  if (errors.length === 0 || errors.some((error) => concernsStandIn(error, document))) return;
  const places = new DefinitionPlaces(content, text);
  const findings = new Findings();
  for (const { code, message, location } of errors)
    findings.keep(
      new TemplateError(places.ofState(location === undefined || location === '/' ? '' : location), {
        problem: `The definition is not valid, ${code}: ${message.trim().replace(/\.$/, '')}`,
        fix: 'Correct the definition',
      }),
    );
  findings.throwIfAny();
}

/** @returns the text, placeholders replaced; `undefined` when only values that are to come tell whether it is too long */
function replacedText({ properties, source, place }: PlannedContent): string | undefined {
  const at = placeIn(place, properties, 'DefinitionSubstitutions');
  let text: string;
  try {
    text = replacePlaceholders(writtenDefinition(properties, source?.text), substitutionsOf(properties));
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause);
    throw new TemplateError(at, { problem, fix: 'Remove the circle', cause });
  }
  if (Buffer.byteLength(text) <= DEFINITION_BYTES_MAX) return text;
  if (isStandIn(text)) return undefined;
  throw new TemplateError(place, {
    problem: `The definition has ${Buffer.byteLength(text)} bytes`,
    fix: `Shorten it to ${DEFINITION_BYTES_MAX}`,
  });
}

/** @returns `undefined` when a value that is to come decides whether the text is JSON */
function jsonOf(text: string, content: PlannedContent): string | undefined {
  const isFile = content.source?.text !== undefined;
  try {
    return asJson(text, isFile);
  } catch (error) {
    // a name may be all digits, and stand where a number is wanted
    if (isStandIn(text) && isJson(withStandInsAs(text, '1'), isFile)) return undefined;
    throw new DefinitionPlaces(content, text).syntaxError(error);
  }
}

function isJson(text: string, mayBeYaml: boolean): boolean {
  try {
    asJson(text, mayBeYaml);
    return true;
  } catch {
    return false; // what is wrong has been told of the text itself
  }
}

function concernsStandIn({ location = '', message }: Diagnostic, document: Value): boolean {
  return isStandIn(location) || isStandIn(message) || isStandIn(valueAt(document, location).value);
}

/** Of values that an integration gets, only those that are known are looked at. */
function exceptStandIns(integrations: Integrations): Integrations {
  return {
    resourceProblem: (resource) => (isStandIn(resource) ? undefined : integrations.resourceProblem(resource)),
    parameterProblems(resource, names, literals) {
      if (isStandIn(resource) || names.some(isStandIn)) return [];
      const known = Object.entries(literals).filter(([, value]) => !isStandIn(JSON.stringify(value)));
      return integrations.parameterProblems(resource, names, Object.fromEntries(known));
    },
  };
}
