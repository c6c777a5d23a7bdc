/**
 * Writes packages/gateway/src/answers/shapes/*.json: what the answers of AWS services look like, one file a service.
 * TestState holds mocked results against them, also those of services that this server does not have. Read from the
 * service models that the AWS CLI of `.venv` brings (Apache-2.0): `npx node scripts/answer-shapes.ts`, then Prettier.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * Name in resources of Task states, the folder of its model, and the operations that are needed; absent: all. Of
 * services with optimised integrations alone those that they call, and those that `.sync` polls. MediaConvert is left
 * out: its jobs alone are as large as all the others.
 */
const SERVICES: readonly [string, string, string?][] = [
  ['athena', 'athena', 'StartQueryExecution StopQueryExecution GetQueryExecution GetQueryResults'],
  ['batch', 'batch', 'SubmitJob DescribeJobs'],
  ['bedrock', 'bedrock', 'CreateModelCustomizationJob GetModelCustomizationJob'],
  ['bedrock-runtime', 'bedrock-runtime', 'InvokeModel'],
  [
    'codebuild',
    'codebuild',
    'StartBuild StopBuild BatchDeleteBuilds BatchGetReports StartBuildBatch StopBuildBatch RetryBuildBatch DeleteBuildBatch BatchGetBuilds BatchGetBuildBatches',
  ],
  ['databrew', 'databrew', 'StartJobRun DescribeJobRun'],
  ['dynamodb', 'dynamodb'],
  ['ecs', 'ecs', 'RunTask DescribeTasks'],
  [
    'eks',
    'eks',
    'CreateCluster DeleteCluster CreateNodegroup DeleteNodegroup CreateFargateProfile DeleteFargateProfile DescribeCluster DescribeNodegroup DescribeFargateProfile',
  ],
  ['elasticmapreduce', 'emr', 'DescribeCluster DescribeStep'],
  [
    'emr-containers',
    'emr-containers',
    'CreateVirtualCluster DeleteVirtualCluster StartJobRun DescribeVirtualCluster DescribeJobRun',
  ],
  [
    'emr-serverless',
    'emr-serverless',
    'CreateApplication StartApplication StopApplication DeleteApplication StartJobRun CancelJobRun GetApplication GetJobRun',
  ],
  ['events', 'events'],
  ['glue', 'glue', 'StartJobRun GetJobRun'],
  ['iam', 'iam'],
  ['kms', 'kms'],
  ['lambda', 'lambda'],
  ['s3', 's3'],
  [
    'sagemaker',
    'sagemaker',
    'CreateTrainingJob CreateTransformJob CreateHyperParameterTuningJob CreateProcessingJob CreateLabelingJob CreateModel CreateEndpoint CreateEndpointConfig UpdateEndpoint DescribeTrainingJob DescribeTransformJob DescribeHyperParameterTuningJob DescribeProcessingJob DescribeLabelingJob',
  ],
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
for (const [service, source, needed] of SERVICES)
  writeFileSync(
    join(folder, `${service}.json`),
    `${JSON.stringify(answersOf(readModel(source), needed?.split(' ')), null, 2)}\n`,
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
function answersOf({ operations, shapes }: Model, needed = Object.keys(operations)): object {
  const found: Record<string, object> = {};
  const answers: Record<string, string> = {};
  for (const operation of needed) {
    const described = operations[operation];
    if (!described) throw new Error(`The model has no operation ${operation}.`);
    if (described.output) answers[operation] = nameOf(described.output.shape);
  }
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
