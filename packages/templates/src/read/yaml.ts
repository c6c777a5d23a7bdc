import {
  isAlias,
  isMap as isYamlMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type Tags,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { TemplateError, type Place } from '../template-error.ts';
import { isMap, mark, type Value, type ValueMap } from './value.ts';

/** Every function that has a short form. Those that are not supported are refused by name when met. */
const SHORT_FORMS =
  'Ref Condition And Base64 Cidr Equals FindInMap ForEach GetAtt GetAZs GetStackOutput If ImportValue Join Length Not Or Select Split Sub ToJsonString Transform'.split(
    ' ',
  );
const customTags = SHORT_FORMS.flatMap((name): Exclude<Tags[number], string>[] => [
  { tag: `!${name}`, resolve: (text: string) => text },
  { tag: `!${name}`, collection: 'seq', resolve: (node) => node },
  { tag: `!${name}`, collection: 'map', resolve: (node) => node },
]);

/** Values in one document with aliases written out. A template of AWS's largest size (1 MB) stays far below. */
const VALUES_MAX = 500_000;

/**
 * Reads YAML (and so JSON) with CloudFormation's tags into plain values, short forms as long forms.
 * Scalars follow YAML 1.2's core schema, so that `yes` and `2012-10-17` stay text; whole numbers with a leading
 * zero or beyond double precision stay text too, since they are account ids and the like.
 * @throws TemplateError for bad syntax, duplicate keys, unknown tags, unresolved aliases
 */
export function readYaml(text: string, file: string): { value: Value; place: Place } {
  const lines = new LineCounter();
  const document = parseDocument(text, { customTags, lineCounter: lines, uniqueKeys: true });
  const at = (offset: number, path = ''): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, path, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const [error] = document.errors;
  if (error !== undefined) {
    const duplicate = error.code === 'DUPLICATE_KEY';
    throw new TemplateError(at(error.pos[0]), {
      problem: duplicate ? 'This key stands twice in the same map' : firstLine(error.message),
      fix: duplicate ? 'Remove or rename one of them' : 'Correct the YAML or JSON at this place',
    });
  }
  const [warning] = document.warnings;
  if (warning !== undefined)
    throw new TemplateError(at(warning.pos[0]), {
      problem: firstLine(warning.message),
      fix: 'Use a tag that CloudFormation knows, e.g. !Ref, !Sub or !GetAtt',
    });
  return { value: new Reader(document, at).read(document.contents, ''), place: at(0) };
}

class Reader {
  readonly #document: Document.Parsed;
  readonly #at: (offset: number, path?: string) => Place;
  readonly #open = new Set<Node>();
  readonly #read = new Map<Node, { value: Value; count: number }>();
  #count = 0;

  constructor(document: Document.Parsed, at: (offset: number, path?: string) => Place) {
    this.#document = document;
    this.#at = at;
  }

  read(node: Node | null, path: string): Value {
    if (node === null) return null;
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target === undefined)
        throw this.#error(
          node,
          path,
          `The alias *${node.source} has no anchor`,
          'Define the anchor above it',
        );
      if (this.#open.has(target))
        throw this.#error(node, path, `The alias *${node.source} contains itself`, 'Remove the circle');
      return this.read(target, path);
    }
    const known = this.#read.get(node);
    if (known !== undefined) {
      this.#add(known.count, node, path);
      return known.value;
    }
    this.#open.add(node);
    const before = this.#count;
    this.#add(1, node, path);
    const value = this.#tagged(node, this.#content(node, path));
    this.#open.delete(node);
    this.#read.set(node, { value, count: this.#count - before });
    return value;
  }

  #add(count: number, node: Node, path: string): void {
    this.#count += count;
    if (this.#count > VALUES_MAX)
      throw this.#error(node, path, `The template holds more than ${VALUES_MAX} values`, 'Use fewer aliases');
  }

  #content(node: Node, path: string): Value {
    if (isSeq(node)) return this.#list(node, path);
    if (isYamlMap(node)) return this.#map(node, path);
    if (!isScalar(node))
      throw this.#error(node, path, 'This is not YAML data', 'Write a map, a list or a scalar');
    const { value, source } = node;
    if (typeof value === 'number') {
      if (source !== undefined && /^[-+]?0\d+$/.test(source)) return source;
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
        return source ?? String(value);
      return value;
    }
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    throw this.#error(node, path, `The value ${String(value)} has a type that JSON has not`, 'Quote it');
  }

  #list(node: YAMLSeq, path: string): Value[] {
    const list: Value[] = [];
    for (const item of node.items as Node[]) {
      const index = list.length;
      list.push(this.read(item, join(path, index)));
      this.#mark(list, index, item);
    }
    return list;
  }

  #map(node: YAMLMap, path: string): ValueMap {
    const map: ValueMap = {};
    const merged: Node[] = [];
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      if (!isScalar(pair.key))
        throw this.#error(pair.key, path, 'A key of this map is not a scalar', 'Use plain text as the key');
      const key = typeof pair.key.value === 'number' ? (pair.key.source ?? '') : String(pair.key.value);
      if (key === '__proto__')
        throw this.#error(pair.key, path, 'The key __proto__ is not allowed', 'Rename it');
      if (key === '<<' && pair.key.type === 'PLAIN' && pair.value !== null) {
        merged.push(pair.value);
        continue;
      }
      if (Object.hasOwn(map, key))
        throw this.#error(pair.key, join(path, key), `The key ${key} stands twice`, 'Remove or rename one');
      map[key] = this.read(pair.value, join(path, key));
      this.#mark(map, key, pair.key, pair.value ?? undefined);
    }
    for (const source of merged) this.#merge(map, source, path);
    return map;
  }

  /** `<<`: members of the named map, or of each map of a list, that the map itself does not have. */
  #merge(map: ValueMap, source: Node, path: string): void {
    const value = this.read(source, join(path, '<<'));
    for (const part of Array.isArray(value) ? value : [value]) {
      if (!isMap(part))
        throw this.#error(source, path, 'A merge key takes a map or a list of maps', 'Point << at a map');
      for (const [key, member] of Object.entries(part)) {
        if (Object.hasOwn(map, key)) continue;
        map[key] = member;
        this.#mark(map, key, source);
      }
    }
  }

  #tagged(node: Node, value: Value): Value {
    const name = (node as { tag?: string }).tag?.slice(1);
    if (name === undefined || !SHORT_FORMS.includes(name) || isAlias(node)) return value;
    const long = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
    const map: ValueMap = {
      [long]: name === 'GetAtt' && typeof value === 'string' ? splitAtFirstDot(value) : value,
    };
    this.#mark(map, long, node);
    return map;
  }

  #mark(owner: object, key: string | number, node: Node, value: Node = node): void {
    const { line, column } = this.#at(node.range?.[0] ?? 0);
    const source =
      isScalar(value) && typeof value.value === 'number' && value.source !== String(value.value)
        ? value.source
        : undefined;
    mark(owner, key, { line, column, ...(source === undefined ? {} : { source }) });
  }

  #error(node: Node, path: string, problem: string, fix: string): TemplateError {
    return new TemplateError(this.#at(node.range?.[0] ?? 0, path), { problem, fix });
  }
}

function splitAtFirstDot(text: string): Value {
  const dot = text.indexOf('.');
  return dot < 0 ? text : [text.slice(0, dot), text.slice(dot + 1)];
}

function join(path: string, key: string | number): string {
  return path === '' ? String(key) : `${path}/${key}`;
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? text).replace(/ at line \d+, column \d+:?$/, '').replace(/[.:]$/, '');
}
