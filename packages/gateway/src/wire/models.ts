/**
 * The services' shapes, taken from the schemas that the AWS SDK's clients carry. This is the only file that knows how
 * they are laid out. A client is loaded at the first request for its service: each costs some 80 ms and 25 MB alone.
 */
import { createRequire } from 'node:module';
import { NormalizedSchema } from '@smithy/core/schema';

const require = createRequire(import.meta.url);

export type Schema = NormalizedSchema;
export type Protocol = 'awsJson1_0' | 'awsJson1_1' | 'awsQuery' | 'restJson1' | 'restXml';

export interface OperationModel {
  name: string;
  input: Schema;
  output: Schema;
  /** restJson1 and restXml only: method, path template, status of a success. */
  http?: readonly [method: string, path: string, status: number];
}

export interface ErrorModel {
  /** The shape's name, e.g. `NoSuchEntityException`. */
  name: string;
  /** What awsQuery puts on the wire, e.g. `NoSuchEntity`. */
  queryCode: string;
  /** HTTP status where the model tells one. */
  status?: number;
  schema: Schema;
}

export interface ServiceModel {
  /** Signing name, e.g. `states`. */
  service: string;
  protocol: Protocol;
  xmlNamespace: string;
  /** E.g. `2010-05-08`. */
  version: string;
  /** The part of `X-Amz-Target` before the operation, e.g. `AWSStepFunctions`. */
  target: string;
  operations: ReadonlyMap<string, OperationModel>;
  /** An awsJson service that spoke awsQuery before: both are taken, and errors go by both names. */
  isQueryCompatible: boolean;
  /** Under both names, the shape's and awsQuery's. */
  errors: ReadonlyMap<string, ErrorModel>;
}

/** What a client package exports: a client class, and a schema per shape under names that end in `$`. */
export type ClientPackage = Record<string, unknown>;

const packages: ReadonlyMap<string, () => ClientPackage> = new Map([
  ['cloudtrail', (): ClientPackage => require('@aws-sdk/client-cloudtrail')],
  ['events', (): ClientPackage => require('@aws-sdk/client-eventbridge')],
  ['health', (): ClientPackage => require('@aws-sdk/client-health')],
  ['iam', (): ClientPackage => require('@aws-sdk/client-iam')],
  ['lambda', (): ClientPackage => require('@aws-sdk/client-lambda')],
  ['logs', (): ClientPackage => require('@aws-sdk/client-cloudwatch-logs')],
  ['s3', (): ClientPackage => require('@aws-sdk/client-s3')],
  ['scheduler', (): ClientPackage => require('@aws-sdk/client-scheduler')],
  ['sns', (): ClientPackage => require('@aws-sdk/client-sns')],
  ['sqs', (): ClientPackage => require('@aws-sdk/client-sqs')],
  ['states', (): ClientPackage => require('@aws-sdk/client-sfn')],
  ['sts', (): ClientPackage => require('@aws-sdk/client-sts')],
]);

const loaded = new Map<string, ServiceModel>();

/** Signing names of the services whose shapes are known, in order. */
export const serviceNames: readonly string[] = [...packages.keys()];

/** @returns undefined for a service whose shapes are not known */
export function serviceModel(service: string): ServiceModel | undefined {
  const known = loaded.get(service);
  if (known !== undefined) return known;
  const load = packages.get(service);
  if (load === undefined) return undefined;
  const model = readPackage(service, load());
  loaded.set(service, model);
  return model;
}

/** @throws Error when the service or the operation is not known: the caller should have asked before */
export function operationModel(service: string, operation: string): OperationModel {
  const found = serviceModel(service)?.operations.get(operation);
  if (found === undefined) throw new Error(`No shapes are known for ${service}:${operation}`);
  return found;
}

type SchemaReference = Parameters<typeof NormalizedSchema.of>[0];
/** Kind, namespace, name, traits, then what the kind needs: the tuple layout of the generated schemas. */
type SchemaTuple = readonly [kind: number, namespace: string, name: string, traits: unknown, ...unknown[]];

const OPERATION = 9;
const ERROR = -3;

function readPackage(service: string, exported: ClientPackage): ServiceModel {
  return { service, ...readSettings(service, exported), ...readShapes(exported) };
}

/** Operations and errors; none of a client that is older than these schemas. */
export function readShapes(exported: ClientPackage): Pick<ServiceModel, 'operations' | 'errors'> {
  const operations = new Map<string, OperationModel>();
  const errors = new Map<string, ErrorModel>();
  for (const [name, value] of Object.entries(exported)) {
    if (!name.endsWith('$') || !isSchemaTuple(value)) continue;
    if (value[0] === OPERATION) operations.set(value[2], readOperation(value));
    // The SDK's own base class of a service's exceptions is a schema too, in a namespace of its own.
    if (value[0] === ERROR && !value[1].startsWith('smithy.ts.')) {
      const error = readError(value);
      errors.set(error.name, error);
      if (!errors.has(error.queryCode)) errors.set(error.queryCode, error);
    }
  }
  return { operations, errors };
}

function isSchemaTuple(value: unknown): value is SchemaTuple {
  return Array.isArray(value) && typeof value[0] === 'number' && typeof value[2] === 'string';
}

function readOperation(tuple: SchemaTuple): OperationModel {
  const traits = tuple[3] as { http?: readonly [string, string, number] } | number;
  const input = NormalizedSchema.of(tuple[4] as SchemaReference);
  return {
    name: tuple[2],
    input,
    output: NormalizedSchema.of(tuple[5] as SchemaReference),
    ...(typeof traits === 'object' &&
      traits.http !== undefined && { http: bucketInPath(traits.http, input) }),
  };
}

/**
 * The model of S3 leaves it to the endpoint where the bucket stands: here always first in the path. `x-id` is for logs;
 * not every client sends it.
 */
function bucketInPath(
  [method, template, status]: readonly [string, string, number],
  input: Schema,
): [string, string, number] {
  const hasBucket =
    !input.isUnitSchema() &&
    [...input.structIterator()].some(
      ([name, member]) => name === 'Bucket' && member.getMergedTraits().httpLabel,
    );
  const bare = template.replace(/[?&]x-id=\w+$/, '');
  return [method, hasBucket && !bare.includes('{Bucket}') ? `/{Bucket}${bare}` : bare, status];
}

function readError(tuple: SchemaTuple): ErrorModel {
  const traits = tuple[3] as {
    error?: string;
    httpError?: number;
    awsQueryError?: readonly [string, number];
  };
  const status =
    traits.httpError ?? traits.awsQueryError?.[1] ?? (traits.error === 'server' ? 500 : undefined);
  return {
    name: tuple[2],
    queryCode: traits.awsQueryError?.[0] ?? tuple[2],
    schema: NormalizedSchema.of(tuple as unknown as SchemaReference),
    ...(status !== undefined && { status }),
  };
}

/** As the generator puts them on every client. */
interface ClientConfig {
  protocol: { getShapeId(): string };
  protocolSettings: {
    xmlNamespace?: string;
    version: string;
    serviceTarget: string;
    awsQueryCompatible?: boolean;
  };
}

/** Of services whose clients speak JSON by now. */
const XML_NAMESPACES: Readonly<Record<string, string>> = {
  sqs: 'http://queue.amazonaws.com/doc/2012-11-05/',
};

function readSettings(
  service: string,
  exported: ClientPackage,
): Pick<ServiceModel, 'protocol' | 'xmlNamespace' | 'version' | 'target' | 'isQueryCompatible'> {
  const name = Object.keys(exported).find((key) => /^[A-Z]\w*Client$/.test(key));
  if (name === undefined) throw new Error(`The SDK's package for ${service} exports no client`);
  const Client = exported[name] as new (options: { region: string }) => { config: ClientConfig };
  // The region is asked for and not used: no request is ever sent with this client.
  const { protocol, protocolSettings } = new Client({ region: 'us-east-1' }).config;
  return {
    protocol: protocolOf(protocol.getShapeId()),
    xmlNamespace: protocolSettings.xmlNamespace ?? XML_NAMESPACES[service] ?? '',
    version: protocolSettings.version,
    target: protocolSettings.serviceTarget,
    isQueryCompatible: protocolSettings.awsQueryCompatible === true,
  };
}

function protocolOf(shapeId: string): Protocol {
  switch (shapeId) {
    case 'aws.protocols#awsJson1_0':
      return 'awsJson1_0';
    case 'aws.protocols#awsJson1_1':
      return 'awsJson1_1';
    case 'aws.protocols#awsQuery':
      return 'awsQuery';
    case 'aws.protocols#restJson1':
      return 'restJson1';
    case 'aws.protocols#restXml':
      return 'restXml';
    default:
      throw new Error(`The protocol ${shapeId} is not written`);
  }
}
