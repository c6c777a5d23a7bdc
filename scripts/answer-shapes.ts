/**
 * Writes packages/gateway/src/answers/shapes/*.json: what the answers of AWS services look like, one file a service.
 * TestState holds mocked results against them, also those of services that this server does not have. Read from the
 * service models that the AWS CLI of `.venv` brings (Apache-2.0): `npx node scripts/answer-shapes.ts`, then Prettier.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Signing name, and the folder of its model. */
const SERVICES: readonly [string, string][] = [
  ['dynamodb', 'dynamodb'],
  ['events', 'events'],
  ['iam', 'iam'],
  ['kms', 'kms'],
  ['lambda', 'lambda'],
  ['s3', 's3'],
  ['sns', 'sns'],
  ['sqs', 'sqs'],
  ['states', 'stepfunctions'],
  ['sts', 'sts'],
];

interface Shape {
  type: string;
  min?: number;
  max?: number;
  enum?: string[];
  required?: string[];
  members?: Record<string, { shape: string }>;
  member?: { shape: string };
  value?: { shape: string };
}

interface Model {
  operations: Record<string, { output?: { shape: string } }>;
  shapes: Record<string, Shape>;
}

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'packages', 'gateway', 'src', 'answers', 'shapes');
mkdirSync(folder, { recursive: true });
for (const [service, source] of SERVICES)
  writeFileSync(
    join(folder, `${service}.json`),
    `${JSON.stringify(answersOf(readModel(source)), null, 2)}\n`,
  );
console.log(`Wrote ${folder}.`);

function readModel(source: string): Model {
  const python = join(root, '.venv', 'lib');
  const [version = ''] = readdirSync(python);
  const data = join(python, version, 'site-packages', 'botocore', 'data', source);
  const newest = readdirSync(data).toSorted().at(-1);
  if (newest === undefined) throw new Error(`${data} holds no version of the model.`);
  return JSON.parse(gunzipSync(readFileSync(join(data, newest, 'service-2.json.gz'))).toString()) as Model; // botocore's format
}

/** Plain texts, numbers and booleans are named by their type; every other shape stands under its name. */
function answersOf({ operations, shapes }: Model): object {
  const found: Record<string, object> = {};
  const answers: Record<string, string> = {};
  for (const [operation, { output }] of Object.entries(operations))
    if (output) answers[operation] = nameOf(output.shape);
  return { operations: answers, shapes: found };

  function nameOf(name: string): string {
    const shape = shapes[name];
    if (!shape) throw new Error(`The model has no shape ${name}.`);
    const type = plainType(shape.type);
    const limits = {
      ...(shape.min !== undefined && { min: shape.min }),
      ...(shape.max !== undefined && { max: shape.max }),
      ...(shape.enum && { values: shape.enum }),
    };
    if (type !== undefined && Object.keys(limits).length === 0) return type;
    if (found[name]) return name;
    found[name] = {}; // a shape may hold itself
    found[name] = { ...described(shape, type), ...limits };
    return name;
  }

  function described(shape: Shape, type: string | undefined): object {
    if (type !== undefined) return { type };
    if (shape.type === 'list') return { type: 'list', of: nameOf(shape.member?.shape ?? '') };
    if (shape.type === 'map') return { type: 'map', of: nameOf(shape.value?.shape ?? '') };
    const members = Object.entries(shape.members ?? {}).map(([name, { shape: of }]) => [name, nameOf(of)]);
    return {
      type: 'structure',
      ...(shape.required && shape.required.length > 0 && { required: shape.required }),
      members: Object.fromEntries(members) as Record<string, string>,
    };
  }
}

/** As JSON: blobs and instants are texts in the answers that states see. */
function plainType(type: string): string | undefined {
  if (['string', 'character', 'blob', 'timestamp'].includes(type)) return 'string';
  if (['integer', 'long', 'float', 'double', 'short', 'byte', 'bigdecimal'].includes(type)) return 'number';
  return type === 'boolean' ? 'boolean' : undefined;
}
