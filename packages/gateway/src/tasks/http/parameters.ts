import { validateHeaderValue } from 'node:http';
import { numberOf } from '@riposte/asl';
import { isConfidential } from '@riposte/events';
import { InvalidParameters, membersOf, missingField, unsupportedField } from '../parameters.ts';
import { headerProblems } from './headers.ts';

const METHODS = new Set<unknown>(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']);
const ARRAY_FORMATS = ['INDICES', 'REPEAT', 'COMMAS', 'BRACKETS'] as const;

/** How lists stand in a form: `a[0]=1`, `a=1&a=2`, `a=1,2`, `a[]=1`. */
export type ArrayFormat = (typeof ARRAY_FORMATS)[number];

/** What a task asks of `http:invoke`, checked. */
export interface HttpInvocation {
  ApiEndpoint: string;
  Method: string;
  ConnectionArn: string;
  Headers: Readonly<Record<string, readonly string[]>>;
  QueryParameters: Readonly<Record<string, readonly string[]>>;
  /** JSON or text; absent without a body. */
  RequestBody?: unknown;
  /** Set for a body that goes out as a form. */
  arrayFormat?: ArrayFormat;
}

const FIELDS = new Set([
  'ApiEndpoint',
  'Method',
  'Authentication',
  'InvocationConfig',
  'Headers',
  'QueryParameters',
  'RequestBody',
  'Transform',
]);

/**
 * @param text JSON
 * @throws InvalidParameters
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
 */
export function httpInvocation(text: string): HttpInvocation {
  const given = membersOf(text);
  const problems = httpNameProblems(Object.keys(given));
  const { Authentication, InvocationConfig } = given;
  const ConnectionArn = memberOf(Authentication ?? InvocationConfig, 'ConnectionArn');
  if ((Authentication ?? InvocationConfig) !== undefined && typeof ConnectionArn !== 'string')
    problems.push(missingField('ConnectionArn'));
  const { ApiEndpoint, Method } = given;
  if (ApiEndpoint !== undefined && !isEndpoint(ApiEndpoint)) problems.push(invalidFormat('ApiEndpoint'));
  if (Method !== undefined && !METHODS.has(Method)) problems.push(invalidFormat('Method'));
  const Headers = lists(given, 'Headers', problems);
  problems.push(...headerProblems(Object.keys(Headers)));
  if (!Object.values(Headers).flat().every(isHeaderValue)) problems.push(invalidFormat('Headers'));
  const QueryParameters = lists(given, 'QueryParameters', problems);
  const arrayFormat = formatOf(given['Transform'], problems);
  const RequestBody = given['RequestBody'] ?? undefined;
  if (arrayFormat !== undefined && RequestBody !== undefined && !isObject(RequestBody))
    problems.push(invalidFormat('RequestBody'));
  if (problems.length > 0) throw new InvalidParameters(problems);
  return {
    ApiEndpoint: ApiEndpoint as string, // each of these was checked above
    Method: Method as string,
    ConnectionArn: ConnectionArn as string,
    Headers,
    QueryParameters,
    ...(RequestBody !== undefined && { RequestBody }),
    ...(arrayFormat !== undefined && { arrayFormat }),
  };
}

/** Names that are no parameters, and parameters that are missing. */
export function httpNameProblems(names: readonly string[]): string[] {
  const isThere = (name: string): boolean => names.includes(name);
  return [
    ...names.filter((name) => !FIELDS.has(name)).map(unsupportedField),
    ...['ApiEndpoint', 'Method'].filter((name) => !isThere(name)).map(missingField),
    ...(isThere('Authentication') || isThere('InvocationConfig') ? [] : [missingField('Authentication')]),
  ];
}

/**
 * What a definition cannot ask for, in the words in which its creation is refused.
 * @see https://github.com/aws/aws-cdk/issues/30749
 */
export function httpLiteralProblems({
  ApiEndpoint,
  Headers,
}: {
  readonly [member: string]: unknown;
}): string[] {
  return [
    ...(ApiEndpoint === undefined || isEndpoint(ApiEndpoint)
      ? []
      : ["The value for the 'ApiEndpoint' field is not valid"]),
    ...(isObject(Headers)
      ? headerProblems(Object.keys(Headers).map((name) => name.replace(/\.\$$/, '')))
      : []),
  ];
}

/** HTTPS, as on AWS; HTTP goes no further than this machine. */
function isEndpoint(value: unknown): boolean {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  return url !== null && url.username === '' && url.password === '' && isConfidential(url);
}

/** Each name with a text or a list of texts. */
function lists(
  given: Record<string, unknown>,
  field: string,
  problems: string[],
): Record<string, readonly string[]> {
  const value = given[field];
  if (value === undefined || value === null) return {};
  const entries = isObject(value)
    ? Object.entries(value).map(([name, item]) => [name, texts(item)] as const)
    : [];
  if (!isObject(value) || entries.some(([, items]) => items === undefined)) {
    problems.push(invalidFormat(field));
    return {};
  }
  return Object.fromEntries(entries.map(([name, items]) => [name, items ?? []]));
}

function texts(value: unknown): string[] | undefined {
  const items = (Array.isArray(value) ? (value as unknown[]) : [value]).map(plainText);
  return items.every((item) => item !== undefined) ? items : undefined;
}

/** Numbers as they are written; undefined for lists, objects and null. */
export function plainText(value: unknown): string | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  return numberOf(value) === undefined ? undefined : JSON.stringify(value);
}

function isHeaderValue(text: string): boolean {
  try {
    validateHeaderValue('x', text);
    return true;
  } catch {
    return false;
  }
}

function formatOf(transform: unknown, problems: string[]): ArrayFormat | undefined {
  if (transform === undefined) return undefined;
  const encoding = memberOf(transform, 'RequestBodyEncoding') ?? 'NONE';
  const format = memberOf(memberOf(transform, 'RequestEncodingOptions'), 'ArrayFormat') ?? 'INDICES';
  const known = ARRAY_FORMATS.find((name) => name === format);
  if (encoding !== 'NONE' && encoding !== 'URL_ENCODED') problems.push(invalidFormat('RequestBodyEncoding'));
  if (known === undefined) problems.push(invalidFormat('ArrayFormat'));
  return encoding === 'URL_ENCODED' ? known : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && numberOf(value) === undefined
  );
}

function invalidFormat(field: string): string {
  return `The value of the field '${field}' has an invalid format`;
}
