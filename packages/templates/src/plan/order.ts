import { TemplateError, type Place } from '../template-error.ts';

interface Dependent {
  logicalId: string;
  dependsOn: readonly string[];
}

/**
 * Dependencies first, otherwise in the given order. Names that are not in the list do not count.
 * @throws TemplateError naming the circle; `placeOf` says where its first member stands
 */
export function inDependencyOrder<T extends Dependent>(
  items: readonly T[],
  placeOf: (item: T) => Place,
): T[] {
  const byId = new Map(items.map((item) => [item.logicalId, item]));
  const ordered = new Set<T>();
  const visit = (item: T, path: readonly string[]): void => {
    if (ordered.has(item)) return;
    const start = path.indexOf(item.logicalId);
    if (start >= 0)
      throw new TemplateError(placeOf(item), {
        problem: `The resources depend on each other in a circle: ${[...path.slice(start), item.logicalId].join(' → ')}`,
        fix: 'Remove one of the references, or move it into a resource of its own, e.g. AWS::IAM::Policy',
      });
    for (const id of item.dependsOn) {
      const dependency = byId.get(id);
      if (dependency !== undefined) visit(dependency, [...path, item.logicalId]);
    }
    ordered.add(item);
  };
  for (const item of items) visit(item, []);
  return [...ordered];
}
