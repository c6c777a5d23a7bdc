import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A plain type, or a name in the same service's `shapes`. */
type ShapeName = string;

/** What stands in `shapes/`; written by scripts/answer-shapes.ts. */
interface ServiceAnswers {
  /** By operation; one without an answer is not there. */
  operations: Record<string, ShapeName>;
  shapes: Record<ShapeName, AnswerShape>;
}

export type AnswerShape = Limits &
  /** A document may be anything. */
  (
    | { type: 'string' | 'number' | 'boolean' | 'document' }
    | { type: 'list' | 'map'; of: ShapeName }
    | { type: 'structure'; required?: string[]; members: Record<string, ShapeName> }
  );

interface Limits {
  /** Of a number its value, else the length. */
  min?: number;
  max?: number;
  values?: string[];
}

const loads: ReadonlyMap<string, () => unknown> = new Map([
  ['athena', (): unknown => require('./shapes/athena.json')],
  ['batch', (): unknown => require('./shapes/batch.json')],
  ['bedrock', (): unknown => require('./shapes/bedrock.json')],
  ['bedrock-runtime', (): unknown => require('./shapes/bedrock-runtime.json')],
  ['codebuild', (): unknown => require('./shapes/codebuild.json')],
  ['databrew', (): unknown => require('./shapes/databrew.json')],
  ['dynamodb', (): unknown => require('./shapes/dynamodb.json')],
  ['ecs', (): unknown => require('./shapes/ecs.json')],
  ['eks', (): unknown => require('./shapes/eks.json')],
  ['elasticmapreduce', (): unknown => require('./shapes/elasticmapreduce.json')],
  ['emr-containers', (): unknown => require('./shapes/emr-containers.json')],
  ['emr-serverless', (): unknown => require('./shapes/emr-serverless.json')],
  ['events', (): unknown => require('./shapes/events.json')],
  ['glue', (): unknown => require('./shapes/glue.json')],
  ['iam', (): unknown => require('./shapes/iam.json')],
  ['kms', (): unknown => require('./shapes/kms.json')],
  ['lambda', (): unknown => require('./shapes/lambda.json')],
  ['s3', (): unknown => require('./shapes/s3.json')],
  ['sagemaker', (): unknown => require('./shapes/sagemaker.json')],
  ['sns', (): unknown => require('./shapes/sns.json')],
  ['sqs', (): unknown => require('./shapes/sqs.json')],
  ['states', (): unknown => require('./shapes/states.json')],
  ['sts', (): unknown => require('./shapes/sts.json')],
]);

/** The shapes of one operation's answer. */
export interface AnswerModel {
  root: AnswerShape;
  shape(name: ShapeName): AnswerShape;
}

/**
 * @param service signing name; of those with optimised integrations alone, the name in their resources
 * @returns undefined where the answer's shape is not known, or there is no answer
 */
export function answerModel(service: string, operation: string): AnswerModel | undefined {
  const answers = loads.get(service)?.() as ServiceAnswers | undefined; // the generator's format
  const root = answers && own(answers.operations, operation);
  if (!answers || root === undefined) return undefined;
  const shape = (name: ShapeName): AnswerShape => own(answers.shapes, name) ?? plain(name);
  return { root: shape(root), shape };
}

function plain(name: ShapeName): AnswerShape {
  if (name === 'string' || name === 'number' || name === 'boolean') return { type: name };
  throw new Error(`The shape ${name} is not in the table. Write it anew: scripts/answer-shapes.ts.`);
}

function own<T>(table: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
