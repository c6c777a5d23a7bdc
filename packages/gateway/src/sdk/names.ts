/**
 * How Step Functions names what `aws-sdk:` integrations call: as the code generator of the AWS SDK for Java 2 does,
 * since that is the SDK behind them. `DynamoDB` is `dynamodb` in a resource and `DynamoDb` in an error, the member
 * `DBInstanceIdentifier` is `DbInstanceIdentifier`.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 * @see https://github.com/aws/aws-sdk-java-v2, codegen: DefaultNamingStrategy, Utils, CodegenNamingUtils
 */

/** `Database Migration Service` → `DatabaseMigration`: the client's class without `Client`, the prefix of errors. */
export function clientName(serviceId: string): string {
  return pascalWords(serviceId)
    .replace(/^(?:Amazon|Aws)/, '')
    .replace(/Service$/, '');
}

/** `CloudWatch Logs` → `cloudwatchlogs`: the module's name, and the service in `aws-sdk:<service>:<action>`. */
export function serviceKey(serviceId: string): string {
  return clientName(serviceId).toLowerCase();
}

/** `CloudWatch Logs` → `@aws-sdk/client-cloudwatch-logs`: the same service in the SDK for JavaScript. */
export function packageName(serviceId: string): string {
  return `@aws-sdk/client-${serviceId.toLowerCase().replaceAll(' ', '-')}`;
}

/** `DescribeDBInstances` → `describeDBInstances`. */
export function actionName(operation: string): string {
  return uncapitalised(operation);
}

/** A member of a structure in PascalCase: `stateMachineArn` → `StateMachineArn`, `SSEKMSKeyId` → `SsekmsKeyId`. */
export function memberName(member: string): string {
  if (member === 'NULL') return 'Nul'; // of DynamoDB's values: renamed by that SDK by hand
  const name = uncapitalised(member);
  return capitalised(RESERVED.has(name) ? `${name}Value` : name);
}

/** `NoSuchBucket` → `NoSuchBucketException`, `DBInstanceNotFoundFault` → `DbInstanceNotFoundException`. */
export function exceptionName(shape: string): string {
  return `${pascalWords(shape.replace(/(?:Fault|Exception)$/, ''))}Exception`;
}

/** The first letter in upper case, and nothing else: what optimised integrations do. */
export function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A run of capitals at the start goes down but for the one that begins a word: `DBInstance` → `dbInstance`. */
function uncapitalised(name: string): string {
  const [run = ''] = /^[A-Za-z](?:[A-Z]+(?![a-z]))?/.exec(name) ?? [];
  return run.toLowerCase() + name.slice(run.length);
}

function pascalWords(name: string): string {
  return words(name)
    .map((word) => capitalised(word.toLowerCase()))
    .join('');
}

/** The order matters: each step works on what the one before has made. */
function words(name: string): string[] {
  return name
    .replaceAll(/[^A-Za-z0-9]+/g, ' ')
    .replaceAll(/([^a-z]{2,})v([0-9]+)/g, '$1 v$2 ')
    .replaceAll(/([^A-Z]{2,})V([0-9]+)/g, '$1 V$2 ')
    .replaceAll(/([a-z])(?=[A-Z][a-zA-Z0-9])/g, '$1 ')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replaceAll(/([0-9])([a-zA-Z])/g, '$1 $2')
    .split(' ')
    .filter((word) => word !== '');
}

/** Java's keywords, and the methods that every class of that SDK has. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'abstract assert boolean break byte case catch char class const continue default do double else enum extends ' +
    'false final finally float for goto if implements import instanceof int interface long native new null package ' +
    'private protected public return short static strictfp super switch synchronized this throw throws transient ' +
    'true try void volatile while ' +
    'build builder equals equalsBySdkFields getClass getValueForField hashCode notify notifyAll ' +
    'overrideConfiguration sdkFields serializableBuilderClass toBuilder toString wait'
  ).split(' '),
);
