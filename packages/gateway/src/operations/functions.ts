import type {
  CreateFunctionRequest,
  DeleteFunctionRequest,
  DeleteFunctionResponse,
  FunctionConfiguration,
  GetFunctionConfigurationRequest,
  GetFunctionRequest,
  GetFunctionResponse,
  ListFunctionsRequest,
  ListFunctionsResponse,
  UpdateFunctionCodeRequest,
  UpdateFunctionConfigurationRequest,
} from '@aws-sdk/client-lambda';
import { roleSession, type AccountTransaction, type CallContext } from '@riposte/account';
import { ServiceError } from '@riposte/engine';
import type { OperationContext, ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';
import { configurationOf } from './function-configuration.ts';
import {
  deleteFunction as deleteRecord,
  getFunction as getRecord,
  listFunctions as listRecords,
  putFunction,
  type FunctionRecord,
} from './function-registry.ts';
import { checkSettings, checkTracing, environmentOf, invalidValue } from './function-settings.ts';
import { checkPattern } from './lambda-constraints.ts';
import { functionArn, functionName, noSuchFunction, qualifierOf, touchedFunction } from './lambda-names.ts';
import { page } from './page.ts';
import { refuseMembers } from './refuse-members.ts';

const service = 'lambda';

/** Of CreateFunction and UpdateFunctionConfiguration. */
const UNWRITTEN = [
  'VpcConfig',
  'DeadLetterConfig',
  'KMSKeyArn',
  'Layers',
  'FileSystemConfigs',
  'ImageConfig',
  'EphemeralStorage',
  'SnapStart',
  'LoggingConfig',
  'DurableConfig',
  'CapacityProviderConfig',
] as const;

interface OnFunction {
  FunctionName: string | undefined;
}

const onFunction = {
  resourceArn: (context: CallContext, { FunctionName }: OnFunction) => functionArn(context, FunctionName!),
  touched: (context: CallContext, { FunctionName }: OnFunction) =>
    touchedFunction(functionArn(context, FunctionName!)),
};

const createFunction: ServiceOperation<CreateFunctionRequest, FunctionConfiguration> = {
  service,
  name: 'CreateFunction',
  access: 'write',
  ...onFunction,
  passedRoles: ({ Role }) => [Role],
  async handle(context, input) {
    refuseMembers(service, input, [...UNWRITTEN, 'Publish', 'CodeSigningConfigArn', 'Tags', 'TenancyConfig']);
    checkTracing(input.TracingConfig);
    if ((input.PackageType ?? 'Zip') !== 'Zip')
      throw invalidValue('PackageType', input.PackageType, 'only Zip is supported by Riposte yet');
    const { Runtime, Handler, Timeout = 3, MemorySize = 128 } = input;
    if (Runtime === undefined || Handler === undefined)
      throw new ServiceError(
        'InvalidParameterValueException',
        'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
      );
    checkSettings({ Runtime, Timeout, MemorySize });
    const name = functionName(context, input.FunctionName!);
    const code = await context.codeStore.put(zipOf(input.Code));
    return context.store.transaction((transaction) => {
      if (getRecord(transaction, context.region, name))
        throw new ServiceError('ResourceConflictException', `Function already exist: ${name}`, 409);
      checkRole(transaction, context, input.Role!);
      const record: FunctionRecord = {
        functionName: name,
        functionArn: functionArn(context, name),
        region: context.region,
        runtime: Runtime,
        handler: Handler,
        roleArn: input.Role!,
        description: input.Description ?? '',
        timeoutSeconds: Timeout,
        memorySizeMb: MemorySize,
        environment: environmentOf(input.Environment),
        architectures: input.Architectures ?? [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
        ...code,
        lastModifiedMs: context.nowMs,
        revisionId: context.ids.uuid(),
        permissions: [],
      };
      putFunction(transaction, record);
      return configurationOf(record);
    });
  },
};

const updateFunctionCode: ServiceOperation<UpdateFunctionCodeRequest, FunctionConfiguration> = {
  service,
  name: 'UpdateFunctionCode',
  access: 'write',
  ...onFunction,
  async handle(context, input) {
    refuseMembers(service, input, ['Publish', 'DryRun', 'SourceKMSKeyArn']);
    const code = await context.codeStore.put(zipOf(input));
    return change(context, input, () => code);
  },
};

const updateFunctionConfiguration: ServiceOperation<
  UpdateFunctionConfigurationRequest,
  FunctionConfiguration
> = {
  service,
  name: 'UpdateFunctionConfiguration',
  access: 'write',
  ...onFunction,
  passedRoles: ({ Role }) => [Role],
  async handle(context, input) {
    refuseMembers(service, input, UNWRITTEN);
    checkTracing(input.TracingConfig);
    const { Runtime, Handler, Role, Description, Timeout, MemorySize, Environment } = input;
    checkSettings(defined({ Runtime, Timeout, MemorySize }));
    return change(context, input, (transaction) => {
      if (Role !== undefined) checkRole(transaction, context, Role);
      return defined({
        runtime: Runtime,
        handler: Handler,
        roleArn: Role,
        description: Description,
        timeoutSeconds: Timeout,
        memorySizeMb: MemorySize,
        environment: Environment === undefined ? undefined : environmentOf(Environment),
      });
    });
  },
};

const getFunction: ServiceOperation<GetFunctionRequest, GetFunctionResponse> = {
  service,
  name: 'GetFunction',
  access: 'read',
  ...onFunction,
  async handle(context, input) {
    const record = await findFunction(context, input);
    // The code lies in a folder of this server, which is no address for a caller: Location is left out.
    return { Configuration: configurationOf(record), Code: { RepositoryType: 'Riposte' }, Tags: {} };
  },
};

const getFunctionConfiguration: ServiceOperation<GetFunctionConfigurationRequest, FunctionConfiguration> = {
  service,
  name: 'GetFunctionConfiguration',
  access: 'read',
  ...onFunction,
  async handle(context, input) {
    return configurationOf(await findFunction(context, input));
  },
};

const listFunctions: ServiceOperation<ListFunctionsRequest, ListFunctionsResponse> = {
  service,
  name: 'ListFunctions',
  access: 'read',
  resourceArn: () => '*',
  async handle({ store, region }, { Marker, MaxItems }) {
    const records = await store.transaction((transaction) => listRecords(transaction, region));
    const { items, next } = page(records, Marker, Math.min(MaxItems ?? 50, 50));
    return { Functions: items.map(configurationOf), ...defined({ NextMarker: next }) };
  },
};

const deleteFunction: ServiceOperation<DeleteFunctionRequest, DeleteFunctionResponse> = {
  service,
  name: 'DeleteFunction',
  access: 'write',
  ...onFunction,
  async handle(context, { FunctionName, Qualifier }) {
    const name = functionName(context, FunctionName!, Qualifier);
    if (qualifierOf(FunctionName!, Qualifier) !== undefined)
      throw new ServiceError(
        'InvalidParameterValueException',
        '$LATEST version cannot be deleted without deleting the function.',
      );
    const isGone = await context.store.transaction((transaction) =>
      deleteRecord(transaction, context.region, name),
    );
    if (!isGone) throw noSuchFunction(functionArn(context, name));
    return {};
  },
};

/** @throws ServiceError ResourceNotFoundException */
export async function findFunction(
  context: OperationContext,
  { FunctionName, Qualifier }: { FunctionName: string | undefined; Qualifier?: string | undefined },
): Promise<FunctionRecord> {
  const name = functionName(context, FunctionName!, Qualifier);
  const record = await context.store.transaction((transaction) =>
    getRecord(transaction, context.region, name),
  );
  if (!record) throw noSuchFunction([functionArn(context, name), Qualifier].filter(Boolean).join(':'));
  return record;
}

/** Changes a function and gives it a new revision. */
async function change(
  context: OperationContext,
  { FunctionName, RevisionId }: { FunctionName: string | undefined; RevisionId?: string | undefined },
  changes: (transaction: AccountTransaction) => Partial<FunctionRecord>,
): Promise<FunctionConfiguration> {
  const name = functionName(context, FunctionName!);
  return context.store.transaction((transaction) => {
    const record = getRecord(transaction, context.region, name);
    if (!record) throw noSuchFunction(functionArn(context, name));
    if (RevisionId !== undefined && RevisionId !== record.revisionId)
      throw new ServiceError(
        'PreconditionFailedException',
        'The Revision Id provided does not match the latest Revision Id. Call the GetFunction API to retrieve the latest Revision Id',
        412,
      );
    const changed = {
      ...record,
      ...changes(transaction),
      lastModifiedMs: context.nowMs,
      revisionId: context.ids.uuid(),
    };
    putFunction(transaction, changed);
    return configurationOf(changed);
  });
}

function zipOf(
  code: {
    ZipFile?: Uint8Array | undefined;
    S3Bucket?: string | undefined;
    ImageUri?: string | undefined;
  } = {},
): Uint8Array {
  if (code.ZipFile) return code.ZipFile;
  const given = code.S3Bucket === undefined ? code.ImageUri && 'ImageUri' : 'S3Bucket';
  throw new ServiceError(
    'InvalidParameterValueException',
    given
      ? `Code from ${given} is not supported by Riposte yet. Send the package as ZipFile.`
      : 'Please provide a source for function code.',
  );
}

/** As the service's model has it, and its refusals print it. */
const ROLE_PATTERN = String.raw`arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`;

/** @throws ServiceError in Lambda's words when Lambda may not assume the role */
function checkRole(transaction: AccountTransaction, context: CallContext, roleArn: string): void {
  checkPattern('role', roleArn, ROLE_PATTERN);
  try {
    const session = { roleArn, sessionName: 'lambda', servicePrincipal: 'lambda.amazonaws.com' };
    roleSession(transaction, context, session);
  } catch (cause) {
    if (!(cause instanceof ServiceError)) throw cause;
    throw new ServiceError(
      'InvalidParameterValueException',
      `The role defined for the function cannot be assumed by Lambda. ${cause.message}`,
      400,
      { cause },
    );
  }
}

export const functionOperations = [
  createFunction,
  updateFunctionCode,
  updateFunctionConfiguration,
  getFunction,
  getFunctionConfiguration,
  listFunctions,
  deleteFunction,
];
