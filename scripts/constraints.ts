/**
 * Writes packages/gateway/src/wire/constraints.json: what a service demands of the members of its inputs beside their
 * types, which the SDK's schemas do not carry. Read from the service models that the AWS CLI of `.venv` brings
 * (Apache-2.0): `npx node scripts/constraints.ts`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Signing name, and the folder of its model. */
const SERVICES: readonly [string, string][] = [['states', 'stepfunctions']];

/** Orders in which the services list the values of an enumeration, where they are known and not the model's. */
const VALUE_ORDERS: readonly (readonly string[])[] = [
  ['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'],
];

interface Shape {
  type: string;
  min?: number;
  max?: number;
  pattern?: string;
  enum?: string[];
  sensitive?: boolean;
  members?: Record<string, { shape: string }>;
  member?: { shape: string };
}

interface Model {
  operations: Record<string, { input?: { shape: string } }>;
  shapes: Record<string, Shape>;
}

interface Constraint {
  min?: number;
  max?: number;
  pattern?: string;
  values?: string[];
  isSensitive?: true;
  /** Of each item of a list. */
  item?: Constraint;
}

const root = resolve(import.meta.dirname, '..');
const table = Object.fromEntries(
  SERVICES.map(([service, folder]) => [service, constraintsOf(readModel(folder))]),
);
const file = join(root, 'packages', 'gateway', 'src', 'wire', 'constraints.json');
writeFileSync(file, `${JSON.stringify(table, null, 2)}\n`);
console.log(`Wrote ${file}.`);

function readModel(folder: string): Model {
  const data = join(root, '.venv', 'lib', 'python3.11', 'site-packages', 'botocore', 'data', folder);
  const newest = readdirSync(data).toSorted().at(-1);
  if (newest === undefined) throw new Error(`${data} holds no version of the model.`);
  return JSON.parse(gunzipSync(readFileSync(join(data, newest, 'service-2.json.gz'))).toString()) as Model; // botocore's format
}

/** By structure, then by member; structures without constraints are left out. */
function constraintsOf({ operations, shapes }: Model): Record<string, Record<string, Constraint>> {
  const found: Record<string, Record<string, Constraint>> = {};
  const visit = (name: string): void => {
    const shape = shapes[name];
    if (!shape || found[name]) return;
    if (shape.type === 'list') visit(shape.member?.shape ?? '');
    if (shape.type !== 'structure') return;
    const members = (found[name] = {} as Record<string, Constraint>);
    for (const [member, { shape: target }] of Object.entries(shape.members ?? {})) {
      const constraint = constraintOf(shapes, target);
      if (constraint) members[member] = constraint;
      visit(target);
    }
  };
  for (const { input } of Object.values(operations)) if (input) visit(input.shape);
  const entries = Object.entries(found).filter(([, members]) => Object.keys(members).length > 0);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function constraintOf(shapes: Record<string, Shape>, name: string): Constraint | undefined {
  const shape = shapes[name];
  if (!shape || shape.type === 'structure') return undefined;
  const item = shape.type === 'list' ? constraintOf(shapes, shape.member?.shape ?? '') : undefined;
  const constraint: Constraint = {
    ...(shape.min !== undefined && { min: shape.min }),
    ...(shape.max !== undefined && { max: shape.max }),
    ...(shape.pattern !== undefined && { pattern: shape.pattern }),
    ...(shape.enum && { values: ordered(shape.enum) }),
    ...(item && { item }),
  };
  if (Object.keys(constraint).length === 0) return undefined;
  return { ...constraint, ...(shape.sensitive === true && { isSensitive: true }) };
}

function ordered(values: string[]): string[] {
  const known = VALUE_ORDERS.find((order) => order.toSorted().join() === values.toSorted().join());
  return known ? [...known] : values;
}
