import type { DeclaredResource } from '../read/template.ts';
import { copyMarks, memberOf, moveMark, type Value, type ValueMap } from '../read/value.ts';
import { conform, json, map, members, text } from '../resolve/shape.ts';
import { TemplateError } from '../template-error.ts';
import { rulesFor, schedulesFor } from './events.ts';
import { arnOf, generated, trustOf } from './generated.ts';
import { roleFor } from './role.ts';

/** SAM's names and CloudFormation's. */
const NAMES: Readonly<Record<string, string>> = {
  Name: 'StateMachineName',
  Type: 'StateMachineType',
  Definition: 'Definition',
  DefinitionUri: 'DefinitionS3Location',
  DefinitionSubstitutions: 'DefinitionSubstitutions',
  Logging: 'LoggingConfiguration',
  Tracing: 'TracingConfiguration',
};
const shape = members({
  Name: text,
  Type: text,
  Definition: json,
  DefinitionUri: text,
  DefinitionSubstitutions: map(text),
  Logging: json,
  Tracing: json,
  Role: text,
  Policies: json,
  Events: json,
});

/** AWS::Serverless::StateMachine: the machine, its role, and for each event a rule and the rule's role. */
export function expandStateMachine(
  resource: DeclaredResource,
  _globals: ValueMap,
  partition: string,
): DeclaredResource[] {
  const { logicalId, propertiesPlace } = resource;
  const properties = conform(resource.properties, shape, propertiesPlace) as ValueMap; // a members shape yields a map
  const origin: DeclaredResource = { ...resource, properties };
  const role = memberOf(properties, 'Role');
  if (role !== undefined && Object.hasOwn(properties, 'Policies'))
    throw new TemplateError(propertiesPlace, {
      problem: `${logicalId} has both Role and Policies`,
      fix: 'Give one of them',
    });
  const machine: ValueMap = copyMarks(properties, {});
  for (const [from, to] of Object.entries(NAMES)) {
    const value = memberOf(properties, from);
    if (value === undefined) continue;
    machine[to] = value;
    moveMark(properties, from, machine, to);
  }
  machine['RoleArn'] = role ?? arnOf(`${logicalId}Role`);
  return [
    { ...origin, type: 'AWS::StepFunctions::StateMachine', properties: machine },
    ...(role === undefined ? [roleFor(origin, 'states.amazonaws.com', [], partition)] : []),
    ...rulesFor(origin, { Arn: { Ref: logicalId } }, 'StepFunctionsTarget').flatMap(
      ({ rule, givenRole, deadLetters }) => {
        const roleId = `${rule.logicalId}Role`;
        const target = (rule.properties['Targets'] as [ValueMap])[0]; // rulesFor makes exactly one
        target['RoleArn'] = givenRole ?? arnOf(roleId);
        return (givenRole === undefined ? [rule, eventRole(origin, roleId)] : [rule]).concat(deadLetters);
      },
    ),
    ...schedulesFor(origin, {
      arn: { Ref: logicalId },
      action: 'states:StartExecution',
      policySuffix: 'StartExecutionPolicy',
    }),
  ];
}

function eventRole(origin: DeclaredResource, logicalId: string): DeclaredResource {
  const statement: Value = {
    Effect: 'Allow',
    Action: 'states:StartExecution',
    Resource: { Ref: origin.logicalId },
  };
  return generated(origin, logicalId, 'AWS::IAM::Role', {
    AssumeRolePolicyDocument: trustOf('events.amazonaws.com'),
    Policies: [
      {
        PolicyName: `${logicalId.slice(0, -'Role'.length)}StartExecutionPolicy`.slice(0, 128),
        PolicyDocument: { Version: '2012-10-17', Statement: [statement] },
      },
    ],
  });
}
