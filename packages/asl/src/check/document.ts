import type { JsonObject } from '@riposte/json';
import { isJsonObject, parseJson, utf8Length } from '@riposte/json';
import { jsonProblem, jsonProblemOffset } from '../json-problem.ts';
import { withPlainSettings } from './settings.ts';
import type { Findings } from './diagnostic.ts';

const DEFINITION_BYTES_MAX = 1_048_576;
/** States in states, and values in values. Deeper than any workflow; within every stack. */
const NESTING_MAX = 200;

/** The text is a JSON object, of a size and depth that the rest can work on. */
export function readDocument(text: string, findings: Findings): JsonObject | undefined {
  if (text.trim() === '') {
    findings.add('INVALID_JSON_DESCRIPTION', 'Definition must be a valid JSON object');
    return undefined;
  }
  if (utf8Length(text) > DEFINITION_BYTES_MAX) {
    findings.schema(`The definition is longer than ${DEFINITION_BYTES_MAX} bytes`, '/');
    return undefined;
  }
  if (nesting(text) > NESTING_MAX) {
    findings.add('TOO_DEEPLY_NESTED', `The definition is nested more than ${NESTING_MAX} deep`);
    return undefined;
  }
  try {
    const document = parseJson(text);
    if (isJsonObject(document)) return withPlainSettings(document);
    findings.add('INVALID_JSON_DESCRIPTION', 'Definition must be a valid JSON object');
  } catch (error) {
    findings.add('INVALID_JSON_DESCRIPTION', jsonProblem(text, error), placeOf(text, error));
  }
  return undefined;
}

/** Brackets open at once, counted before the parser sees them; those inside strings do not count. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const token of text.match(/"(?:\\.|[^"\\])*"|[[\]{}]/gs) ?? []) {
    if (token === '{' || token === '[') deepest = Math.max(deepest, ++depth);
    else if (token === '}' || token === ']') depth--;
  }
  return deepest;
}

const SOURCE_CHARACTERS_MAX = 500;

function placeOf(text: string, error: unknown): string {
  const lines = text.slice(0, jsonProblemOffset(text, error)).split('\n');
  const source =
    text.length > SOURCE_CHARACTERS_MAX
      ? `${text.slice(0, SOURCE_CHARACTERS_MAX)}"[truncated ${text.length - SOURCE_CHARACTERS_MAX} chars]`
      : `${text}"`;
  return `[Source: (String)"${source}; line: ${lines.length}, column: ${(lines.at(-1)?.length ?? 0) + 1}]`;
}
