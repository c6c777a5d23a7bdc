import { jsonProblem, jsonProblemOffset } from '@riposte/asl';
import { isMap, memberOf, placeIn, type Value, type ValueMap } from '../read/value.ts';
import { readYaml } from '../read/yaml.ts';
import { TemplateError, type Place } from '../template-error.ts';
import { substitutionsOf, writtenDefinition, writtenOffset } from './definition-text.ts';
import { localPath } from './lambda-function.ts';
import { textAt } from './properties.ts';
import type { PlannedContent } from './resource-type.ts';

interface Position {
  line: number;
  column: number;
}

/** Where in a definition something stands: in its file, or in the template that holds it. */
export class DefinitionPlaces {
  /** The file, or the property with the definition. */
  readonly #whole: Place;
  readonly #isFile: boolean;
  readonly #written: string;
  readonly #substitutions: ValueMap;
  /** With its placeholders replaced. */
  readonly #text: string;
  readonly #object: Value | undefined;

  constructor({ properties, source, place }: PlannedContent, text: string) {
    this.#isFile = source?.text !== undefined;
    this.#written = writtenDefinition(properties, source?.text);
    this.#substitutions = substitutionsOf(properties);
    this.#text = text;
    this.#object = memberOf(properties, 'Definition');
    const file = textAt(properties, 'DefinitionS3Location');
    this.#whole =
      file === undefined
        ? placeIn(place, properties, this.#object === undefined ? 'DefinitionString' : 'Definition')
        : { file: localPath(place.file, file), path: '', line: 1, column: 1 };
  }

  /** @param location  of a diagnostic, e.g. `/States/A/Choices[0]/Next` */
  ofState(location: string): Place {
    const path = `${this.#whole.path}${location}`;
    const document = this.#isFile ? this.#read() : this.#object;
    if (document === undefined) return { ...this.#whole, path };
    const { place } = valueAt(document, location, this.#whole);
    return { ...place, ...(this.#isFile && this.#inFile(place)), path };
  }

  /** @param error  of the JSON reader */
  syntaxError(error: unknown): TemplateError {
    if (this.#isFile && !/^\s*[{[]/.test(this.#text)) {
      const place = this.#yamlError();
      if (place !== undefined) return place;
    }
    const position = positionOf(
      this.#written,
      writtenOffset(this.#written, this.#substitutions, jsonProblemOffset(this.#text, error)),
    );
    const { line, column } = position;
    const inText = this.#isFile ? '' : ` at its line ${line}, column ${column}`;
    return new TemplateError(
      { ...this.#whole, ...(this.#isFile && position) },
      {
        problem: `The definition is no JSON${inText}: ${jsonProblem(this.#text, error).replace(/\.$/, '')}`,
        fix: 'Correct the JSON at this place',
        cause: error,
      },
    );
  }

  #yamlError(): TemplateError | undefined {
    try {
      readYaml(this.#text, this.#whole.file);
      return undefined;
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const place = { ...this.#whole, ...this.#inFile(error) };
      return new TemplateError(place, { problem: error.problem, fix: error.fix, cause: error });
    }
  }

  /** The file's content with the places of its members, unless it has what only readers without places take. */
  #read(): Value | undefined {
    try {
      return readYaml(this.#text, this.#whole.file).value;
    } catch (error) {
      if (error instanceof TemplateError) return undefined;
      throw error;
    }
  }

  #inFile(position: Position): Position {
    return positionOf(
      this.#written,
      writtenOffset(this.#written, this.#substitutions, offsetOf(this.#text, position)),
    );
  }
}

/** What stands at a location, or the innermost value around it. */
export function valueAt(
  document: Value,
  location: string,
  whole: Place = { file: '', path: '', line: 1, column: 1 },
): { value: Value; place: Place } {
  let value = document;
  let place = whole;
  for (let rest = location; ;) {
    const key: string | number | undefined = Array.isArray(value) ? indexAt(value, rest) : keyAt(value, rest);
    if (key === undefined || value === null || typeof value !== 'object') return { value, place };
    place = placeIn(place, value, key);
    rest = rest.slice(typeof key === 'number' ? `[${key}]`.length : `/${key}`.length);
    value = Array.isArray(value) ? (value[Number(key)] ?? null) : (memberOf(value, String(key)) ?? null);
  }
}

function indexAt(list: readonly Value[], rest: string): number | undefined {
  const [, index] = /^\[(\d+)\]/.exec(rest) ?? [];
  return index !== undefined && Number(index) < list.length ? Number(index) : undefined;
}

/** Names of states may hold slashes: the longest that fits is meant. */
function keyAt(value: Value, rest: string): string | undefined {
  if (!isMap(value)) return undefined;
  return Object.keys(value)
    .filter((key) => rest.startsWith(`/${key}`) && ['', '/', '['].includes(rest.charAt(key.length + 1)))
    .sort((a, b) => b.length - a.length)[0];
}

function positionOf(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

function offsetOf(text: string, { line, column }: Position): number {
  const before = text.split('\n').slice(0, line - 1);
  return before.reduce((sum, one) => sum + one.length + 1, column - 1);
}
