import type { DeclaredResource } from '../read/template.ts';
import {
  copyMarks,
  describe,
  isMap,
  memberOf,
  moveMark,
  placeIn,
  type Value,
  type ValueMap,
} from '../read/value.ts';
import { conform, integer, json, list, map, members, text } from '../resolve/shape.ts';
import { TemplateError } from '../template-error.ts';
import { rulesFor, schedulesFor } from './events.ts';
import { arnOf, generated } from './generated.ts';
import { roleFor } from './role.ts';

/** What a function takes from Globals and hands to Lambda under the same name. */
const PASSED_ON =
  'Handler Runtime Description Timeout MemorySize Environment Architectures PackageType'.split(' ');
const shape = members({
  CodeUri: text,
  InlineCode: text,
  Handler: text,
  Runtime: text,
  FunctionName: text,
  Description: text,
  Timeout: integer,
  MemorySize: integer,
  Environment: members({ Variables: map(text) }),
  Architectures: list(text),
  PackageType: text,
  Role: text,
  Policies: json,
  Events: json,
});
const OWN_ONLY = new Set(['Role', 'Policies', 'FunctionName', 'Events']);

/** AWS::Serverless::Function: the function, its role, and for each event a rule and a permission. */
export function expandFunction(
  resource: DeclaredResource,
  globals: ValueMap,
  partition: string,
): DeclaredResource[] {
  const { logicalId, propertiesPlace } = resource;
  const defaults = memberOf(globals, 'Function') ?? {};
  for (const name of isMap(defaults) ? Object.keys(defaults) : [])
    if (OWN_ONLY.has(name) || !Object.hasOwn(shape.members, name))
      throw new TemplateError(
        placeIn({ ...resource.place, path: 'Globals/Function' }, defaults as ValueMap, name),
        {
          problem: `The property ${name} is not supported in Globals for Function`,
          fix: `Supported there: ${Object.keys(shape.members)
            .filter((known) => !OWN_ONLY.has(known))
            .join(', ')}`,
        },
      );
  const merged = merge(defaults, resource.properties) as ValueMap; // two maps make a map
  const properties = conform(merged, shape, propertiesPlace) as ValueMap; // a members shape yields a map
  const origin: DeclaredResource = { ...resource, properties };
  const lambda: ValueMap = copyMarks(properties, {});
  for (const name of ['FunctionName', ...PASSED_ON]) {
    const value = memberOf(properties, name);
    if (value !== undefined) lambda[name] = value;
  }
  lambda['Code'] = codeOf(origin, lambda);
  const role = memberOf(properties, 'Role');
  lambda['Role'] = role ?? arnOf(`${logicalId}Role`);
  const basic = `arn:${partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`;
  return [
    { ...origin, type: 'AWS::Lambda::Function', properties: lambda },
    ...(role === undefined ? [roleFor(origin, 'lambda.amazonaws.com', [basic], partition)] : []),
    ...rulesFor(origin, { Arn: arnOf(logicalId) }, 'LambdaTarget').flatMap(
      ({ rule, givenRole, deadLetters }) => {
        if (givenRole !== undefined)
          throw new TemplateError(rule.propertiesPlace, {
            problem: 'The property RoleArn is not supported for a function',
            fix: 'Remove it: the rule may invoke the function by a permission',
          });
        return [
          rule,
          generated(origin, `${rule.logicalId}Permission`, 'AWS::Lambda::Permission', {
            Action: 'lambda:InvokeFunction',
            FunctionName: { Ref: logicalId },
            Principal: 'events.amazonaws.com',
            SourceArn: arnOf(rule.logicalId),
          }),
        ].concat(deadLetters);
      },
    ),
    ...schedulesFor(origin, {
      arn: arnOf(logicalId),
      action: 'lambda:InvokeFunction',
      policySuffix: 'LambdaPolicy',
    }),
  ];
}

function codeOf({ logicalId, properties, propertiesPlace }: DeclaredResource, lambda: ValueMap): Value {
  const uri = memberOf(properties, 'CodeUri');
  const inline = memberOf(properties, 'InlineCode');
  if ((uri === undefined) === (inline === undefined))
    throw new TemplateError(propertiesPlace, {
      problem: `${logicalId} has ${uri === undefined ? 'no code' : 'both CodeUri and InlineCode'}`,
      fix: 'Give either CodeUri, a local folder, or InlineCode',
    });
  moveMark(properties, uri === undefined ? 'InlineCode' : 'CodeUri', lambda, 'Code');
  return uri ?? { ZipFile: inline ?? '' };
}

/** Globals: maps merge, lists append, scalars of the resource win. */
function merge(global: Value, own: Value): Value {
  if (Array.isArray(global) && Array.isArray(own)) return [...global, ...own];
  if (!isMap(global) || !isMap(own)) {
    if (isMap(global) !== isMap(own) && isMap(global))
      throw new TypeError(`Globals hold a map where the resource has ${describe(own)}`);
    return own;
  }
  const merged: ValueMap = copyMarks(own, copyMarks(global, {}));
  for (const [key, value] of Object.entries(global)) merged[key] = value;
  for (const [key, value] of Object.entries(own)) {
    const base = memberOf(global, key);
    merged[key] = base === undefined ? value : merge(base, value);
  }
  return merged;
}
