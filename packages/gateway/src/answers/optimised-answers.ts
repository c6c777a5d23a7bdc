import { capitalised } from '../sdk/names.ts';
import type { IntegrationPattern } from '../tasks/resource.ts';

/** The answer that an optimised integration is held against: under which name it lies, and which operation's it is. */
interface OptimisedAnswer {
  service: string;
  operation: string;
  /** Top-level members that may hold anything: states see them as the JSON that they hold. */
  free: readonly string[];
}

/**
 * What `.sync` asks until the work is done, by action; several of one service may ask the same.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html, the IAM policies of each service
 */
const POLLED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  athena: { GetQueryExecution: 'startQueryExecution' },
  batch: { DescribeJobs: 'submitJob' },
  bedrock: { GetModelCustomizationJob: 'createModelCustomizationJob' },
  codebuild: {
    BatchGetBuilds: 'startBuild',
    BatchGetBuildBatches: 'startBuildBatch retryBuildBatch',
  },
  databrew: { DescribeJobRun: 'startJobRun' },
  ecs: { DescribeTasks: 'runTask' },
  eks: {
    DescribeCluster: 'createCluster deleteCluster',
    DescribeNodegroup: 'createNodegroup deleteNodegroup',
    DescribeFargateProfile: 'createFargateProfile deleteFargateProfile',
  },
  elasticmapreduce: { DescribeCluster: 'createCluster terminateCluster', DescribeStep: 'addStep' },
  'emr-containers': { DescribeVirtualCluster: 'deleteVirtualCluster', DescribeJobRun: 'startJobRun' },
  'emr-serverless': {
    GetApplication: 'createApplication startApplication stopApplication deleteApplication',
    GetJobRun: 'startJobRun cancelJobRun',
  },
  glue: { GetJobRun: 'startJobRun' },
  sagemaker: {
    DescribeTrainingJob: 'createTrainingJob',
    DescribeTransformJob: 'createTransformJob',
    DescribeHyperParameterTuningJob: 'createHyperParameterTuningJob',
    DescribeProcessingJob: 'createProcessingJob',
    DescribeLabelingJob: 'createLabelingJob',
  },
  states: { DescribeExecution: 'startExecution' },
};

/** Those that no API answers, or one whose answer is anything. The service checks nothing of them either. */
const ANYTHING = new Set(['apigateway:invoke', 'eks:call', 'eks:runJob', 'http:invoke']);

/** @returns `anything` where nothing is checked; undefined where it is not known what is */
export function optimisedAnswer(
  service: string,
  action: string,
  pattern: IntegrationPattern,
): OptimisedAnswer | 'anything' | undefined {
  const name = `${service}:${action}`;
  if (ANYTHING.has(name)) return 'anything';
  if (pattern === 'request-response')
    return {
      service: name === 'bedrock:invokeModel' ? 'bedrock-runtime' : service,
      operation: capitalised(action),
      free: FREE[name] ?? [],
    };
  const polled = Object.entries(POLLED[service] ?? {}).find(([, actions]) =>
    actions.split(' ').includes(action),
  );
  // `.sync` answers with what it polls; `.sync:2` shows JSON texts in it as what they hold
  return polled && { service, operation: polled[0], free: pattern === 'sync:2' ? ['Input', 'Output'] : [] };
}

/** The function's answer, and the model's, are shown as what they hold. */
const FREE: Readonly<Record<string, readonly string[]>> = {
  'bedrock:invokeModel': ['Body'],
  'lambda:invoke': ['Payload'],
};
