import type { DeclaredResource, Template } from '../read/template.ts';
import { SAM_TRANSFORM } from '../read/template.ts';
import { isMap, placeIn, type ValueMap } from '../read/value.ts';
import { Findings, TemplateError } from '../template-error.ts';
import { expandFunction } from './function.ts';
import { expandStateMachine } from './state-machine.ts';

/** Turns one SAM resource into plain ones. Values are evaluated already; names of resources may be anything yet. */
type Expansion = (resource: DeclaredResource, globals: ValueMap, partition: string) => DeclaredResource[];

const expansions: Record<string, Expansion> = {
  'AWS::Serverless::Function': expandFunction,
  'AWS::Serverless::StateMachine': expandStateMachine,
};

/**
 * The transform AWS::Serverless-2016-10-31 for the two resource types that playbooks use, with the logical ids that
 * SAM generates.
 * @param resources  the template's resources, conditions applied and values evaluated
 * @throws TemplateError naming what is not supported
 * @see aws-surfaces §9.2
 */
export async function expandSam(
  template: Template,
  resources: readonly DeclaredResource[],
  globals: ValueMap,
  partition: string,
): Promise<DeclaredResource[]> {
  const findings = new Findings();
  const globalsPlace = { ...template.place, path: 'Globals' };
  const expanded: DeclaredResource[] = [];
  await findings.during(() => {
    for (const name of Object.keys(globals))
      if (name !== 'Function' || !isMap(globals[name] ?? null))
        throw new TemplateError(placeIn(globalsPlace, globals, name), {
          problem: `Globals for ${name} are not supported`,
          fix: 'Only Globals for Function are; set the properties on each resource',
        });
  });
  for (const resource of resources)
    await findings.during(() => {
      const expand = Object.hasOwn(expansions, resource.type) ? expansions[resource.type] : undefined;
      if (expand === undefined || !template.transforms.includes(SAM_TRANSFORM)) {
        expanded.push(resource);
        return;
      }
      for (const made of expand(resource, globals, partition)) {
        if (
          made.logicalId !== resource.logicalId &&
          resources.some((other) => other.logicalId === made.logicalId)
        )
          throw new TemplateError(resource.place, {
            problem: `SAM makes a resource ${made.logicalId} for ${resource.logicalId}, and one of that name is declared`,
            fix: `Rename ${made.logicalId}`,
          });
        expanded.push(made);
      }
    });
  findings.throwIfAny();
  return expanded;
}
