/** Members of the REST protocols that lie in path, query, headers and status; the others are the body's. */
import { headerValues } from './canonical-request.ts';
import type { OperationModel, Schema } from './models.ts';
import { readText } from './query-form.ts';

type Member = [name: string, schema: Schema];

export interface BoundParts {
  /** Decoded. */
  labels: ReadonlyMap<string, string>;
  parameters: URLSearchParams;
  /** As they came: name, value, … */
  headers: readonly string[];
}

export interface BodyMembers {
  /** The member that the whole body is. */
  payload?: Member;
  /** Members of the document that the body is otherwise. */
  document: Member[];
}

/**
 * Fills in the members that do not lie in the body.
 * @returns those that do
 * @throws ServiceError SerializationException
 */
export function readBound(
  schema: Schema,
  { labels, parameters, headers: raw }: BoundParts,
  input: Record<string, unknown>,
): BodyMembers {
  const headers = headerValues(raw);
  const body: BodyMembers = { document: [] };
  for (const [name, member] of membersOf(schema)) {
    const { httpLabel, httpQuery, httpHeader, httpPrefixHeaders, httpPayload } = member.getMergedTraits();
    if (httpLabel) {
      const label = labels.get(name);
      if (label !== undefined) input[name] = readText(member, label, name);
    } else if (httpQuery) setText(input, name, member, parameters.getAll(httpQuery));
    else if (httpHeader) setText(input, name, member, headers.get(httpHeader.toLowerCase()) ?? []);
    else if (httpPrefixHeaders) setPrefixed(input, name, httpPrefixHeaders.toLowerCase(), headers);
    else if (httpPayload) body.payload = [name, member];
    else body.document.push([name, member]);
  }
  return body;
}

/** What of an output does not lie in the body, besides its status where no member gives one. */
export interface BoundOutput extends BodyMembers {
  headers: Record<string, string>;
  status: number;
}

export function writeBound(
  operation: OperationModel,
  output: Readonly<Record<string, unknown>>,
): BoundOutput {
  const bound: BoundOutput = { document: [], headers: {}, status: operation.http?.[2] ?? 200 };
  for (const [name, member] of membersOf(operation.output)) {
    const value = output[name];
    const { httpHeader, httpPrefixHeaders, httpPayload, httpResponseCode } = member.getMergedTraits();
    if (httpPayload) bound.payload = [name, member];
    else if (value === undefined || value === null) continue;
    else if (httpResponseCode) bound.status = Number(value);
    else if (httpHeader)
      bound.headers[httpHeader] = value instanceof Date ? value.toUTCString() : String(value);
    else if (httpPrefixHeaders)
      for (const [key, text] of Object.entries(value))
        bound.headers[`${httpPrefixHeaders}${key}`] = String(text);
    else bound.document.push([name, member]);
  }
  return bound;
}

function membersOf(schema: Schema): Iterable<Member> {
  return schema.isUnitSchema() ? [] : schema.structIterator();
}

function setText(
  input: Record<string, unknown>,
  name: string,
  member: Schema,
  texts: readonly string[],
): void {
  const [first] = texts;
  if (first === undefined) return;
  input[name] = member.isListSchema()
    ? texts.map((text) => readText(member.getValueSchema(), text, name))
    : readText(member, first, name);
}

function setPrefixed(
  input: Record<string, unknown>,
  name: string,
  prefix: string,
  headers: ReadonlyMap<string, string[]>,
): void {
  const found = [...headers]
    .filter(([header]) => header.startsWith(prefix))
    .map(([header, values]) => [header.slice(prefix.length), values.join(',')] as const);
  if (found.length > 0) input[name] = Object.fromEntries(found);
}
