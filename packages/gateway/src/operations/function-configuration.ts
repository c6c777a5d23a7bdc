import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { FunctionRecord } from './function-registry.ts';

/** A function as Lambda's API describes it: ready as soon as it is kept. */
export function configurationOf(record: FunctionRecord): FunctionConfiguration {
  return {
    FunctionName: record.functionName,
    FunctionArn: record.functionArn,
    Runtime: record.runtime as NonNullable<FunctionConfiguration['Runtime']>, // checked when it was set
    Role: record.roleArn,
    Handler: record.handler,
    CodeSize: record.codeSize,
    Description: record.description,
    Timeout: record.timeoutSeconds,
    MemorySize: record.memorySizeMb,
    LastModified: new Date(record.lastModifiedMs).toISOString().replace('Z', '+0000'),
    CodeSha256: record.codeSha256,
    Version: '$LATEST',
    ...(Object.keys(record.environment).length > 0 && { Environment: { Variables: record.environment } }),
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: record.revisionId,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: record.architectures as NonNullable<FunctionConfiguration['Architectures']>,
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${record.functionName}` },
  };
}
