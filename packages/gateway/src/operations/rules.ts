import type {
  DeleteRuleRequest,
  DescribeRuleRequest,
  DescribeRuleResponse,
  DisableRuleRequest,
  EnableRuleRequest,
  ListRuleNamesByTargetRequest,
  ListRuleNamesByTargetResponse,
  ListRulesRequest,
  ListRulesResponse,
  ListTargetsByRuleRequest,
  ListTargetsByRuleResponse,
  PutRuleRequest,
  PutRuleResponse,
  PutTargetsRequest,
  PutTargetsResponse,
  PutTargetsResultEntry,
  RemoveTargetsRequest,
  RemoveTargetsResponse,
  Target as ApiTarget,
} from '@aws-sdk/client-eventbridge';
import { type CallContext, isSimulated } from '@riposte/account';
import type { Target } from '@riposte/events';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';
import { ruleArn, touchedRule } from './events-arns.ts';
import { tagRecord } from './events-tags.ts';
import { page } from './page.ts';

const service = 'events';

/** Members of a target that no target of this server uses yet. */
const UNWRITTEN_TARGET_MEMBERS = [
  'KinesisParameters',
  'RunCommandParameters',
  'EcsParameters',
  'BatchParameters',
  'SqsParameters',
  'RedshiftDataParameters',
  'SageMakerPipelineParameters',
  'AppSyncParameters',
] as const;

type OnRule = { Name: string | undefined; EventBusName?: string | undefined };
type OnTargets = { Rule: string | undefined; EventBusName?: string | undefined };

const byName = {
  resourceArn: (context: CallContext, input: OnRule) => ruleArn(context, input.Name!, input.EventBusName),
  touched: (context: CallContext, input: OnRule) =>
    touchedRule(ruleArn(context, input.Name!, input.EventBusName)),
};

const byRule = {
  resourceArn: (context: CallContext, input: OnTargets) => ruleArn(context, input.Rule!, input.EventBusName),
  touched: (context: CallContext, input: OnTargets) =>
    touchedRule(ruleArn(context, input.Rule!, input.EventBusName)),
};

const putRule: ServiceOperation<PutRuleRequest, PutRuleResponse> = {
  service,
  name: 'PutRule',
  access: 'write',
  ...byName,
  passedRoles: ({ RoleArn }) => [RoleArn],
  async handle({ services, region, caller }, input) {
    const { Name, EventPattern, ScheduleExpression, State, Description, RoleArn, EventBusName, Tags } = input;
    const tags = Tags && tagRecord(Tags);
    const optional = { EventPattern, ScheduleExpression, State, Description, RoleArn, EventBusName, tags };
    const how = { simulated: isSimulated(caller) };
    return services.events.putRule(region, { Name: Name!, ...defined(optional) }, how);
  },
};

const describeRule: ServiceOperation<DescribeRuleRequest, DescribeRuleResponse> = {
  service,
  name: 'DescribeRule',
  access: 'read',
  ...byName,
  async handle({ services, region }, { Name, EventBusName }) {
    return { ...(await services.events.describeRule(region, Name!, EventBusName)) };
  },
};

const listRules: ServiceOperation<ListRulesRequest, ListRulesResponse> = {
  service,
  name: 'ListRules',
  access: 'read',
  resourceArn: (context) => ruleArn(context, '*'),
  async handle({ services, region }, { NamePrefix, EventBusName, NextToken, Limit }) {
    const found = await services.events.listRules(
      region,
      defined({ NamePrefix, EventBusName, NextToken, Limit }),
    );
    return { Rules: found.Rules, ...defined({ NextToken: found.NextToken }) };
  },
};

const enableRule: ServiceOperation<EnableRuleRequest> = {
  service,
  name: 'EnableRule',
  access: 'write',
  ...byName,
  async handle({ services, region }, { Name, EventBusName }) {
    await services.events.setRuleState(region, Name!, true, EventBusName);
    return {};
  },
};

const disableRule: ServiceOperation<DisableRuleRequest> = {
  service,
  name: 'DisableRule',
  access: 'write',
  ...byName,
  async handle({ services, region }, { Name, EventBusName }) {
    await services.events.setRuleState(region, Name!, false, EventBusName);
    return {};
  },
};

const deleteRule: ServiceOperation<DeleteRuleRequest> = {
  service,
  name: 'DeleteRule',
  access: 'write',
  ...byName,
  async handle({ services, region }, { Name, EventBusName }) {
    await services.events.deleteRule(region, Name!, EventBusName);
    return {};
  },
};

const putTargets: ServiceOperation<PutTargetsRequest, PutTargetsResponse> = {
  service,
  name: 'PutTargets',
  access: 'write',
  ...byRule,
  passedRoles: ({ Targets }) => (Targets ?? []).map(({ RoleArn }) => RoleArn),
  async handle({ services, region }, { Rule, EventBusName, Targets }) {
    const given = Targets ?? [];
    const unwritten = given.flatMap(unwrittenMembers);
    const written = given.filter((target) => unwrittenMembers(target).length === 0).map(targetOf);
    const failed =
      written.length === 0 && unwritten.length > 0
        ? unwritten
        : [...unwritten, ...(await services.events.putTargets(region, Rule!, written, EventBusName))];
    return { FailedEntryCount: failed.length, FailedEntries: failed };
  },
};

const removeTargets: ServiceOperation<RemoveTargetsRequest, RemoveTargetsResponse> = {
  service,
  name: 'RemoveTargets',
  access: 'write',
  ...byRule,
  async handle({ services, region }, { Rule, EventBusName, Ids }) {
    const failed = await services.events.removeTargets(region, Rule!, Ids ?? [], EventBusName);
    return { FailedEntryCount: failed.length, FailedEntries: failed };
  },
};

const listTargetsByRule: ServiceOperation<ListTargetsByRuleRequest, ListTargetsByRuleResponse> = {
  service,
  name: 'ListTargetsByRule',
  access: 'read',
  ...byRule,
  async handle({ services, region }, { Rule, EventBusName, NextToken, Limit }) {
    const targets = await services.events.listTargetsByRule(region, Rule!, EventBusName);
    const { items, next } = page(targets, NextToken, Limit);
    return { Targets: items, ...defined({ NextToken: next }) };
  },
};

const listRuleNamesByTarget: ServiceOperation<ListRuleNamesByTargetRequest, ListRuleNamesByTargetResponse> = {
  service,
  name: 'ListRuleNamesByTarget',
  access: 'read',
  resourceArn: (context) => ruleArn(context, '*'),
  async handle({ services, region }, { TargetArn, EventBusName, NextToken, Limit }) {
    const names = await services.events.listRuleNamesByTarget(region, TargetArn!, EventBusName);
    const { items, next } = page(names, NextToken, Limit);
    return { RuleNames: items, ...defined({ NextToken: next }) };
  },
};

/** A target with members that nothing here uses fails by itself. */
function unwrittenMembers(target: ApiTarget): PutTargetsResultEntry[] {
  const given = UNWRITTEN_TARGET_MEMBERS.filter((member) => target[member] !== undefined);
  if (given.length === 0) return [];
  const ErrorMessage = `${given.join(', ')}: not supported by Riposte yet, like the targets that need it.`;
  return [{ TargetId: target.Id, ErrorCode: 'ValidationException', ErrorMessage }];
}

function targetOf(target: ApiTarget): Target {
  const { Id, Arn, RoleArn, Input, InputPath, InputTransformer, DeadLetterConfig, RetryPolicy } = target;
  const { HttpParameters } = target;
  return {
    Id: Id!, // required by the model, checked before
    Arn: Arn!,
    ...defined({ RoleArn, Input, InputPath }),
    ...(InputTransformer && {
      InputTransformer: {
        InputTemplate: InputTransformer.InputTemplate!,
        ...defined({ InputPathsMap: InputTransformer.InputPathsMap }),
      },
    }),
    ...(HttpParameters && { HttpParameters: defined({ ...HttpParameters }) }),
    ...(DeadLetterConfig && { DeadLetterConfig: defined({ Arn: DeadLetterConfig.Arn }) }),
    ...(RetryPolicy && {
      RetryPolicy: defined({
        MaximumRetryAttempts: RetryPolicy.MaximumRetryAttempts,
        MaximumEventAgeInSeconds: RetryPolicy.MaximumEventAgeInSeconds,
      }),
    }),
  };
}

export const ruleOperations = [
  putRule,
  describeRule,
  listRules,
  enableRule,
  disableRule,
  deleteRule,
  putTargets,
  removeTargets,
  listTargetsByRule,
  listRuleNamesByTarget,
];
