import type { JsonObject } from '@riposte/json';

/**
 * The optimised integrations of Step Functions: by service the actions, and how each can be waited for.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
 */
interface Optimised {
  /** `*` marks actions that know `.sync`, `**` those that know `.sync:2` too. */
  actions: string;
  /** Whether they know `.waitForTaskToken`. */
  takesToken?: true;
}

const OPTIMISED: Readonly<Record<string, Optimised>> = {
  apigateway: { actions: 'invoke', takesToken: true },
  athena: { actions: 'startQueryExecution* stopQueryExecution getQueryExecution getQueryResults' },
  batch: { actions: 'submitJob*' },
  bedrock: { actions: 'invokeModel createModelCustomizationJob*', takesToken: true },
  bedrockagentcore: { actions: 'invokeHarness' },
  codebuild: {
    actions:
      'startBuild* stopBuild batchDeleteBuilds batchGetReports startBuildBatch* stopBuildBatch retryBuildBatch* deleteBuildBatch',
  },
  databrew: { actions: 'startJobRun*' },
  dynamodb: { actions: 'getItem putItem updateItem deleteItem' },
  ecs: { actions: 'runTask*', takesToken: true },
  eks: {
    actions:
      'createCluster* deleteCluster* createNodegroup* deleteNodegroup* createFargateProfile* deleteFargateProfile* runJob* call',
    takesToken: true,
  },
  elasticmapreduce: {
    actions:
      'createCluster* terminateCluster* addStep* cancelStep setClusterTerminationProtection modifyInstanceFleetByName modifyInstanceGroupByName',
  },
  'emr-containers': { actions: 'createVirtualCluster deleteVirtualCluster* startJobRun*' },
  'emr-serverless': {
    actions:
      'createApplication* startApplication* stopApplication* deleteApplication* startJobRun* cancelJobRun*',
  },
  events: { actions: 'putEvents', takesToken: true },
  glue: { actions: 'startJobRun*' },
  http: { actions: 'invoke' },
  lambda: { actions: 'invoke', takesToken: true },
  mediaconvert: { actions: 'createJob*' },
  sagemaker: {
    actions:
      'createTrainingJob* createTransformJob* createHyperParameterTuningJob* createProcessingJob* createLabelingJob* createModel createEndpoint createEndpointConfig updateEndpoint',
  },
  sns: { actions: 'publish', takesToken: true },
  sqs: { actions: 'sendMessage', takesToken: true },
  states: { actions: 'startExecution**', takesToken: true },
};

/** All that Step Functions has, each with the suffixes that its resource may end in. */
export function optimisedIntegrations(): { service: string; action: string; suffixes: string[] }[] {
  return Object.entries(OPTIMISED).flatMap(([service, { actions }]) =>
    actions.split(' ').map((listed) => {
      const action = listed.replaceAll('*', '');
      const suffixes = (['.sync', '.sync:2', '.waitForTaskToken'] as const).filter((suffix) =>
        isOptimised(service, action, suffix),
      );
      return { service, action, suffixes };
    }),
  );
}

/** Whether Step Functions has the optimised integration, in this form. */
export function isOptimised(
  service: string,
  action: string,
  suffix: '.sync' | '.sync:2' | '.waitForTaskToken' | undefined,
): boolean {
  const integration = Object.hasOwn(OPTIMISED, service) ? OPTIMISED[service] : undefined;
  const listed = integration?.actions.split(' ').find((name) => name.replaceAll('*', '') === action);
  if (integration === undefined || listed === undefined) return false;
  if (suffix === undefined) return true;
  if (suffix === '.waitForTaskToken') return integration.takesToken === true;
  return listed.endsWith(suffix === '.sync' ? '*' : '**');
}

/** What the server that runs the definition adds to the checks: which of AWS's integrations it can carry out. */
export interface Integrations {
  /**
   * @param resource a service integration's ARN, of a known shape; optimised ones exist on AWS
   * @returns what stands against it, as the message of a diagnostic
   */
  resourceProblem(resource: string): string | undefined;
  /**
   * @param resource one that `resourceProblem` has nothing against
   * @param names of the members that a state gives as its Parameters or Arguments
   * @param literals those of them that are written out, not left to a path or an expression; inside them there may be
   *   some of either
   * @returns the messages of diagnostics: members that the API does not have, those that it misses, and values that it
   *   cannot take
   */
  parameterProblems(resource: string, names: readonly string[], literals: JsonObject): string[];
}

/** What the service says of a resource that it does not have. */
export function notRecognized(arn: string): string {
  return `The resource provided ${arn} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`;
}
