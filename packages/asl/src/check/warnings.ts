import { isIntrinsic } from '../data/intrinsics/index.ts';
import { isPath } from '../data/paths.ts';
import { isDynamicKey } from '../data/templates.ts';
import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject } from '@riposte/json';
import type { Findings } from './diagnostic.ts';

const TEMPLATES = ['Parameters', 'ItemSelector', 'ResultSelector', 'Assign'];
/** Texts that are for people, or names. */
const PLAIN_TEXTS = new Set([
  'Comment',
  'Type',
  'Resource',
  'Next',
  'Default',
  'QueryLanguage',
  'Label',
  'Variable',
]);

/**
 * What a definition may say and hardly means: paths that are taken for plain text. JSONPath mode only.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinitionDiagnostic.html
 */
export function warnOfState(state: JsonObject, at: string, findings: Findings): void {
  warnOfFields(state, at, findings);
  for (const field of TEMPLATES) warnOfTemplate(state[field], `${at}/${field}`, findings);
  warnOfRules(state['Choices'], `${at}/Choices`, findings);
  if (state['Type'] === 'Pass' && holdsPath(state['Result']))
    findings.warn(
      'PASS_RESULT_IS_STATIC',
      "The field 'Result' is passed on as it stands; paths in it are not evaluated",
      `${at}/Result`,
    );
}

function warnOfFields(fields: JsonObject, at: string, findings: Findings): void {
  for (const [field, value] of Object.entries(fields))
    if (isPathText(value) && !field.endsWith('Path') && !PLAIN_TEXTS.has(field))
      findings.warn(
        'NO_PATH',
        `The value for the field '${field}' looks like a path, but the field name does not end with 'Path'`,
        `${at}/${field}`,
      );
}

function warnOfTemplate(template: Json | undefined, at: string, findings: Findings): void {
  if (Array.isArray(template))
    template.forEach((item, index) => warnOfTemplate(item, `${at}[${index}]`, findings));
  if (!isJsonObject(template)) return;
  for (const [key, value] of Object.entries(template)) {
    const isForgotten = typeof value === 'string' && !isDynamicKey(key) && isExpression(value);
    if (!isForgotten) warnOfTemplate(value, `${at}/${key}`, findings);
    else
      findings.warn(
        'NO_DOLLAR',
        `The value for the field '${key}' looks like a JSONPath or an intrinsic function call, but the field name does not end with '.$'`,
        `${at}/${key}`,
      );
  }
}

/** Operands of comparisons, also of those inside And, Or and Not. */
function warnOfRules(rules: Json | undefined, at: string, findings: Findings): void {
  if (!Array.isArray(rules)) return;
  rules.forEach((rule, index) => {
    if (!isJsonObject(rule)) return;
    const here = `${at}[${index}]`;
    warnOfFields(rule, here, findings);
    for (const field of ['And', 'Or']) warnOfRules(rule[field], `${here}/${field}`, findings);
    if (isJsonObject(rule['Not'])) warnOfFields(rule['Not'], `${here}/Not`, findings);
  });
}

function holdsPath(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.some(holdsPath);
  if (!isJsonObject(value)) return isPathText(value);
  return Object.entries(value).some(([key, item]) => isDynamicKey(key) || holdsPath(item));
}

function isExpression(text: string): boolean {
  return isPathText(text) || (text.startsWith('States.') && isIntrinsic(text));
}

/** A lone `$` and prices such as `$5` are none. */
function isPathText(value: Json | undefined): boolean {
  return typeof value === 'string' && /^\$\$?[.[]/.test(value) && isPath(value);
}
