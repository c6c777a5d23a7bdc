import { dirname, isAbsolute, join } from 'node:path';
import { createHash } from 'node:crypto';
import { TemplateError, type Place } from '../template-error.ts';
import { placeIn, type ValueMap } from '../read/value.ts';
import { integer, list, map, members, oneOf, text } from '../resolve/shape.ts';
import { isStandIn } from '../resolve/stand-in.ts';
import { zipOneFile } from './inline-code.ts';
import { mapAt, pick, requiredText, textAt } from './properties.ts';
import type {
  PlanFiles,
  ResourceRequest,
  ResourceSource,
  ResourceState,
  ResourceType,
} from './resource-type.ts';
import { allow, AlreadyExists, hasCode } from './service-code.ts';

const CONFIGURATION = ['Role', 'Runtime', 'Handler', 'Description', 'Timeout', 'MemorySize', 'Environment'];

export const lambdaFunction: ResourceType = {
  type: 'AWS::Lambda::Function',
  shape: members(
    {
      FunctionName: text,
      /** A local folder, as `aws cloudformation package` takes it, or inline code. */
      Code: { kind: 'text or members', members: members({ ZipFile: text }, ['ZipFile']) },
      Role: text,
      Runtime: text,
      Handler: text,
      Description: text,
      Timeout: integer,
      MemorySize: integer,
      Environment: members({ Variables: map(text) }),
      Architectures: list(oneOf('x86_64', 'arm64')),
      PackageType: oneOf('Zip'),
    },
    ['Code', 'Role', 'Runtime', 'Handler'],
  ),
  nameProperty: 'FunctionName',
  nameLengthMax: 64,
  replacedBy: ['PackageType'],
  attributes: ['Arn'],

  load: loadCode,

  checkContent({ properties, changed, supported: { runtimes }, place }) {
    // an update of the code alone does not name the runtime again
    if (changed !== undefined && !changed.some((property) => CONFIGURATION.includes(property))) return;
    const runtime = textAt(properties, 'Runtime');
    if (runtime === undefined || runtimes === undefined || isStandIn(runtime) || runtimes.includes(runtime))
      return;
    throw new TemplateError(placeIn(place, properties, 'Runtime'), {
      problem: `The runtime ${runtime} is not supported`,
      fix: `Use ${runtimes.join(' or ')}`,
    });
  },

  identify: stateOf,

  async create(request, client) {
    const { name, properties } = request;
    const code = { ZipFile: zipOf(request) };
    try {
      await client.call('lambda', 'CreateFunction', {
        FunctionName: name,
        Code: code,
        ...pick(properties, ...CONFIGURATION, 'Architectures', 'PackageType'),
      });
    } catch (error) {
      if (!hasCode(error, 'ResourceConflict')) throw error;
      if (!request.adopt) throw new AlreadyExists(`The function ${name}`, { cause: error });
      await client.call('lambda', 'UpdateFunctionCode', codeUpdate(request));
      await client.call('lambda', 'UpdateFunctionConfiguration', configurationUpdate(request));
    }
    return stateOf(request);
  },

  async update(request, client, _previous, changed) {
    if (changed.includes('Code') || changed.includes('Architectures'))
      await client.call('lambda', 'UpdateFunctionCode', codeUpdate(request));
    if (changed.some((property) => CONFIGURATION.includes(property)))
      await client.call('lambda', 'UpdateFunctionConfiguration', configurationUpdate(request));
    return stateOf(request);
  },

  async delete(state, client) {
    await allow(
      client.call('lambda', 'DeleteFunction', { FunctionName: state.physicalId }),
      'ResourceNotFound',
    );
  },
};

/** A local path of a template as the plan's files take it. */
export function localPath(template: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(template), path);
}

async function loadCode(
  properties: ValueMap,
  files: PlanFiles,
  place: Place,
): Promise<ResourceSource | undefined> {
  const at = placeIn(place, properties, 'Code');
  const inline = mapAt(properties, 'Code');
  if (inline !== undefined) return loadInline(properties, inline, at);
  const path = textAt(properties, 'Code');
  if (path === undefined)
    throw new TemplateError(at, {
      problem: 'The code folder depends on a resource',
      fix: 'Name a local folder',
    });
  if (/^(s3|https?):\/\//.test(path))
    throw new TemplateError(at, {
      problem: `Code at ${path} is not supported`,
      fix: 'Name a local folder',
    });
  try {
    const { zip, sha256 } = await files.packageCode(localPath(place.file, path));
    return { property: 'Code', sha256, zip };
  } catch (cause) {
    throw new TemplateError(at, {
      problem: `The code folder ${path} cannot be packed: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: 'Name a folder that exists, relative to the template',
      cause,
    });
  }
}

/** Lambda keeps inline code as the file `index`, whose ending is the runtime's. */
function loadInline(properties: ValueMap, inline: ValueMap, place: Place): ResourceSource | undefined {
  const content = textAt(inline, 'ZipFile');
  if (content === undefined) return undefined; // depends on a resource: zipped when that exists
  const runtime = requiredText(properties, 'Runtime');
  const ending = runtime.startsWith('python') ? 'py' : runtime.startsWith('nodejs') ? 'js' : undefined;
  if (ending === undefined)
    throw new TemplateError(place, {
      problem: `Inline code is for nodejs and python runtimes, and this function runs on ${runtime}`,
      fix: 'Put the code into a folder',
    });
  const zip = zipOneFile(`index.${ending}`, content);
  return { property: 'Code', sha256: createHash('sha256').update(zip).digest('base64'), zip };
}

function zipOf({ properties, source }: ResourceRequest): Uint8Array {
  if (source?.zip !== undefined) return source.zip;
  const content = requiredText(mapAt(properties, 'Code') ?? {}, 'ZipFile');
  return zipOneFile(
    requiredText(properties, 'Runtime').startsWith('python') ? 'index.py' : 'index.js',
    content,
  );
}

function codeUpdate(request: ResourceRequest): object {
  return {
    FunctionName: request.name,
    ZipFile: zipOf(request),
    ...pick(request.properties, 'Architectures'),
  };
}

/** Everything a template can say, so that what it no longer says falls back to Lambda's default. */
function configurationUpdate({ name, properties }: ResourceRequest): object {
  return {
    FunctionName: name,
    Description: '',
    Timeout: 3,
    MemorySize: 128,
    Environment: { Variables: {} },
    ...pick(properties, ...CONFIGURATION),
  };
}

function stateOf({ name, pseudo: { partition, region, account } }: ResourceRequest): ResourceState {
  return {
    physicalId: name,
    attributes: { Arn: `arn:${partition}:lambda:${region}:${account}:function:${name}` },
    details: {},
  };
}
