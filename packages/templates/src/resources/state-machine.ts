import { createHash } from 'node:crypto';
import { TemplateError, type Place } from '../template-error.ts';
import { placeIn, type ValueMap } from '../read/value.ts';
import { boolean, json, list, map, members, oneOf, text } from '../resolve/shape.ts';
import { checkDefinition } from './definition-check.ts';
import { definitionText } from './definition-text.ts';
import { localPath } from './lambda-function.ts';
import { listAt, mapAt, mapsAt, requiredText, textAt } from './properties.ts';
import type {
  PlanFiles,
  ResourceRequest,
  ResourceSource,
  ResourceState,
  ResourceType,
} from './resource-type.ts';
import { AlreadyExists, allow, find, hasCode } from './service-code.ts';

const SOURCES = ['Definition', 'DefinitionString', 'DefinitionS3Location'] as const;

export const stateMachine: ResourceType = {
  type: 'AWS::StepFunctions::StateMachine',
  shape: members(
    {
      StateMachineName: text,
      StateMachineType: oneOf('STANDARD', 'EXPRESS'),
      RoleArn: text,
      Definition: json,
      DefinitionString: text,
      /** A local file, as `aws cloudformation package` takes it. */
      DefinitionS3Location: text,
      DefinitionSubstitutions: map(text),
      LoggingConfiguration: members({
        Level: oneOf('ALL', 'ERROR', 'FATAL', 'OFF'),
        IncludeExecutionData: boolean,
        Destinations: list(members({ CloudWatchLogsLogGroup: members({ LogGroupArn: text }) })),
      }),
      TracingConfiguration: members({ Enabled: boolean }),
    },
    ['RoleArn'],
  ),
  nameProperty: 'StateMachineName',
  nameLengthMax: 80,
  replacedBy: ['StateMachineType'],
  attributes: ['Arn', 'Name'],

  check(properties, place) {
    const named = SOURCES.filter((source) => Object.hasOwn(properties, source));
    if (named.length === 1) return;
    throw new TemplateError(place, {
      problem: named.length === 0 ? 'The state machine has no definition' : `It has ${named.join(' and ')}`,
      fix: `Give exactly one of ${SOURCES.join(', ')}`,
    });
  },

  load: loadDefinition,

  checkContent: checkDefinition,

  identify: stateOf,

  async create(request, client) {
    const { name, properties } = request;
    const state = stateOf(request);
    // CreateStateMachine answers the same for an equal machine of somebody else
    if (
      !request.adopt &&
      (await find(
        client,
        ['states', 'DescribeStateMachine', { stateMachineArn: state.physicalId }],
        'StateMachineDoesNotExist',
      )) !== undefined
    )
      throw new AlreadyExists(`The state machine ${name}`);
    try {
      await client.call('states', 'CreateStateMachine', {
        name,
        type: textAt(properties, 'StateMachineType') ?? 'STANDARD',
        ...machineOf(request),
      });
    } catch (error) {
      if (!request.adopt || !hasCode(error, 'StateMachineAlreadyExists')) throw error;
      await client.call('states', 'UpdateStateMachine', {
        stateMachineArn: state.physicalId,
        ...machineOf(request),
      });
    }
    return state;
  },

  async update(request, client, previous, changed) {
    await client.call('states', 'UpdateStateMachine', {
      stateMachineArn: previous.physicalId,
      // what the template no longer says is switched off, not kept
      ...(changed.includes('LoggingConfiguration') ? { loggingConfiguration: { level: 'OFF' } } : {}),
      ...(changed.includes('TracingConfiguration') ? { tracingConfiguration: { enabled: false } } : {}),
      ...machineOf(request),
    });
    return stateOf(request);
  },

  async delete(state, client) {
    await allow(
      client.call('states', 'DeleteStateMachine', { stateMachineArn: state.physicalId }),
      'StateMachineDoesNotExist',
    );
  },
};

async function loadDefinition(
  properties: ValueMap,
  files: PlanFiles,
  place: Place,
): Promise<ResourceSource | undefined> {
  if (!Object.hasOwn(properties, 'DefinitionS3Location')) return undefined;
  const at = placeIn(place, properties, 'DefinitionS3Location');
  const path = textAt(properties, 'DefinitionS3Location');
  if (path === undefined || path.startsWith('s3://'))
    throw new TemplateError(at, {
      problem: `The definition at ${path ?? 'a place that a resource decides'} is not supported`,
      fix: 'Name a local file',
    });
  try {
    const content = files.readFile(localPath(place.file, path));
    const sha256 = createHash('sha256').update(content).digest('base64');
    return { property: 'DefinitionS3Location', sha256, text: content };
  } catch (cause) {
    throw new TemplateError(at, {
      problem: `The definition file ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: 'Name a file that exists, relative to the template',
      cause,
    });
  }
}

function machineOf({ properties, source }: ResourceRequest): object {
  const logging = mapAt(properties, 'LoggingConfiguration');
  const tracing = mapAt(properties, 'TracingConfiguration');
  return {
    definition: definitionText(properties, source?.text),
    roleArn: requiredText(properties, 'RoleArn'),
    ...(logging === undefined ? {} : { loggingConfiguration: loggingOf(logging) }),
    ...(tracing === undefined ? {} : { tracingConfiguration: { enabled: tracing['Enabled'] ?? false } }),
  };
}

function loggingOf(logging: ValueMap): object {
  return {
    level: textAt(logging, 'Level') ?? 'OFF',
    includeExecutionData: logging['IncludeExecutionData'] ?? false,
    ...(listAt(logging, 'Destinations').length === 0
      ? {}
      : {
          destinations: mapsAt(logging, 'Destinations').map((destination) => ({
            cloudWatchLogsLogGroup: {
              logGroupArn: textAt(mapAt(destination, 'CloudWatchLogsLogGroup') ?? {}, 'LogGroupArn'),
            },
          })),
        }),
  };
}

function stateOf({ name, pseudo: { partition, region, account } }: ResourceRequest): ResourceState {
  const arn = `arn:${partition}:states:${region}:${account}:stateMachine:${name}`;
  return { physicalId: arn, attributes: { Arn: arn, Name: name }, details: {} };
}
