import { delimiter, dirname } from 'node:path';
import { ServiceError } from '@riposte/engine';
import type { FunctionConfiguration, ProcessCredentials } from './ports/function-host.ts';

/** Names that a function's configuration may not set. */
const RESERVED = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);

/** Bytes that all variables of one function may take. */
const VARIABLES_BYTES_MAX = 4096;

/**
 * @throws ServiceError InvalidParameterValueException, in Lambda's words, for names and sizes Lambda refuses
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function checkVariables(variables: Record<string, string>): void {
  const reserved = Object.keys(variables).filter((name) => RESERVED.has(name));
  if (reserved.length > 0)
    throw new ServiceError(
      'InvalidParameterValueException',
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  const malformed = Object.keys(variables).find((name) => !/^[a-zA-Z]\w+$/.test(name));
  if (malformed !== undefined)
    throw new ServiceError(
      'InvalidParameterValueException',
      `The environment variable name '${malformed}' is not valid: a letter first, then letters, digits and underscores, at least two characters.`,
    );
  const bytes = Object.entries(variables).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (bytes > VARIABLES_BYTES_MAX)
    throw new ServiceError(
      'InvalidParameterValueException',
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${bytes} bytes`,
    );
}

/**
 * The environment of a function process, built from nothing: no variable of the server's own reaches it, so neither
 * do the operator's AWS profiles.
 */
export function processEnvironment(input: {
  configuration: FunctionConfiguration;
  credentials: ProcessCredentials;
  runtimeApi: string;
  endpointUrl: string;
  codeFolder: string;
  logStream: string;
  tempFolder: string;
}): Record<string, string> {
  const { configuration, credentials } = input;
  return {
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    LANG: 'en_US.UTF-8',
    TMPDIR: input.tempFolder,
    ...configuration.environment,
    TZ: ':UTC',
    _HANDLER: configuration.handler,
    LAMBDA_TASK_ROOT: input.codeFolder,
    LAMBDA_RUNTIME_DIR: import.meta.dirname,
    AWS_LAMBDA_RUNTIME_API: input.runtimeApi,
    AWS_REGION: configuration.region,
    AWS_DEFAULT_REGION: configuration.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: configuration.functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memorySizeMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(configuration),
    AWS_LAMBDA_LOG_STREAM_NAME: input.logStream,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_ENDPOINT_URL: input.endpointUrl,
    AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
    // Nothing on this machine or its network may hand out other credentials or another endpoint.
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

export function logGroupOf(configuration: FunctionConfiguration): string {
  return `/aws/lambda/${configuration.functionName}`;
}
