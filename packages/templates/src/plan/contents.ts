import { copyMarks, type ValueMap } from '../read/value.ts';
import { evaluate, NO_VALUE, type Scope } from '../resolve/functions.ts';
import { isWhole, standIns } from '../resolve/stand-in.ts';
import { typeNamed } from '../resources/index.ts';
import type { Supported } from '../resources/resource-type.ts';
import { Findings, TemplateError } from '../template-error.ts';
import type { PlannedResource } from './plan.ts';

/**
 * Asks each resource that will be written whether its service would take what it is to get. What stays as it is, is
 * not looked at: no service will be asked about it.
 * @throws TemplateError
 */
export async function checkContents(
  resources: readonly PlannedResource[],
  supported: Supported,
  scopeWith: (resource: Scope['resource']) => Scope,
): Promise<void> {
  const findings = new Findings();
  const { known, otherwise } = standIns();
  const scopes = { known: scopeWith(known), otherwise: scopeWith(otherwise) };
  for (const resource of resources)
    await findings.during(() => {
      const { action, changed, source, propertiesPlace: place } = resource;
      const type = typeNamed(resource.type);
      if (action === 'unchanged' || type.checkContent === undefined) return;
      type.checkContent({
        ...knownProperties(resource, scopes),
        changed: action === 'update' ? changed : undefined,
        source,
        supported,
        place,
      });
    });
  findings.throwIfAny();
}

function knownProperties(
  { properties, propertiesPlace }: PlannedResource,
  scopes: { known: Scope; otherwise: Scope },
): { properties: ValueMap; unknown: Set<string> } {
  const known: ValueMap = copyMarks(properties, {});
  const unknown = new Set<string>();
  for (const [name, value] of Object.entries(properties))
    try {
      const evaluated = evaluate(value, scopes.known, propertiesPlace);
      const otherwise = evaluate(value, scopes.otherwise, propertiesPlace);
      if (evaluated === NO_VALUE || otherwise === NO_VALUE) continue;
      if (isWhole(evaluated, otherwise)) known[name] = evaluated;
      else unknown.add(name); // e.g. Fn::Split made parts of a stand-in, that look like known texts
    } catch (error) {
      // e.g. Fn::Select of a part that a stand-in does not have
      if (!(error instanceof TemplateError)) throw error;
      unknown.add(name);
    }
  return { properties: known, unknown };
}
