import { memberOf, placeIn, type Value } from '../read/value.ts';
import type { Template } from '../read/template.ts';
import { evaluateCondition } from '../resolve/conditions.ts';
import { NO_VALUE, type Scope } from '../resolve/functions.ts';
import type { ResolvedParameter } from '../resolve/parameters.ts';
import type { Pseudo } from '../resources/resource-type.ts';
import { TemplateError, type Place } from '../template-error.ts';
import { stackId } from './names.ts';

/** The scope of a template's values: parameters, pseudo parameters, mappings, conditions, and resources as told. */
export function scopeOf(
  template: Template,
  stackName: string,
  parameters: ReadonlyMap<string, ResolvedParameter>,
  pseudo: Pseudo,
  resource: Scope['resource'],
): Scope {
  const { account, region, partition } = pseudo;
  const pseudoParameters = new Map<string, Value | typeof NO_VALUE>([
    ['AWS::AccountId', account],
    ['AWS::Region', region],
    ['AWS::Partition', partition],
    ['AWS::StackName', stackName],
    ['AWS::StackId', stackId(partition, region, account, stackName)],
    ['AWS::URLSuffix', partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'],
    ['AWS::NotificationARNs', []],
    ['AWS::NoValue', NO_VALUE],
  ]);
  const held = new Map<string, boolean>();
  const open = new Set<string>();
  const conditionsPlace: Place = { ...template.place, path: 'Conditions' };
  const scope: Scope = {
    parameter: (name) => parameters.get(name)?.value ?? pseudoParameters.get(name),
    mapping: (name) => memberOf(template.mappings, name),
    resource,
    condition(name, place) {
      const known = held.get(name);
      if (known !== undefined) return known;
      const condition = memberOf(template.conditions, name);
      if (condition === undefined)
        throw new TemplateError(place, {
          problem: `There is no condition ${name}`,
          fix: `The conditions are ${Object.keys(template.conditions).join(', ') || 'none'}`,
        });
      if (open.has(name))
        throw new TemplateError(placeIn(conditionsPlace, template.conditions, name), {
          problem: `The condition ${name} refers to itself`,
          fix: 'Remove the circle',
        });
      open.add(name);
      const holds = evaluateCondition(
        condition,
        conditionScope,
        placeIn(conditionsPlace, template.conditions, name),
      );
      open.delete(name);
      held.set(name, holds);
      return holds;
    },
  };
  const conditionScope: Scope = {
    ...scope,
    resource(logicalId, _attribute, place) {
      throw new TemplateError(place, {
        problem: `A condition cannot depend on ${logicalId}: it is no parameter`,
        fix: 'Use parameters, pseudo parameters and mappings only',
      });
    },
  };
  return scope;
}
