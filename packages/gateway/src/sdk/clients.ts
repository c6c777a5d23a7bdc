/**
 * The clients of the AWS SDK for JavaScript as a source of shapes: nothing is ever sent with one. Those that this
 * room depends on are always there; any other is used when it is installed beside the program or in the folder that
 * the server was started in. Each is loaded when something first asks for it: `ec2` alone costs a quarter of a second.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readShapes, type ClientPackage, type ErrorModel, type OperationModel } from '../wire/models.ts';

export interface ClientModel {
  /** By name, e.g. `PutItem`. */
  operations: ReadonlyMap<string, OperationModel>;
  /** Under the shape's name, and under what the wire calls it where that differs. */
  errors: ReadonlyMap<string, ErrorModel>;
}

const loaded = new Map<string, ClientModel>();

/**
 * @param packageName e.g. `@aws-sdk/client-dynamodb`
 * @returns undefined when it is not installed, or is older than the schemas that are read here
 */
export function clientModel(packageName: string): ClientModel | undefined {
  const known = loaded.get(packageName);
  if (known) return known;
  const exported = load(packageName);
  if (exported === undefined) return undefined;
  const model = readShapes(exported);
  if (model.operations.size === 0) return undefined;
  loaded.set(packageName, model);
  return model;
}

function load(packageName: string): ClientPackage | undefined {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    const require = createRequire(from);
    const path = resolved(require, packageName);
    if (path !== undefined) return require(path) as ClientPackage; // the SDK's packages export plain objects
  }
  return undefined;
}

function resolved(require: NodeJS.Require, packageName: string): string | undefined {
  try {
    return require.resolve(packageName);
  } catch {
    return undefined;
  }
}
