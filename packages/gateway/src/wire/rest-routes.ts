import type { OperationModel, ServiceModel } from './models.ts';
import { requiredMembers } from './validation.ts';

interface Route {
  operation: OperationModel;
  method: string;
  pattern: RegExp;
  labels: readonly string[];
  /** Fixed parameters that tell two operations on one path apart, e.g. `find=LayerVersion`. */
  parameters: readonly (readonly [string, string])[];
  /** Letters of the template that are not labels: the more, the more particular. */
  literalLength: number;
  /** Members that must lie in query or headers: of two operations on one route, the one that asks for more goes first. */
  needs: number;
}

const routesOf = new WeakMap<ServiceModel, readonly Route[]>();

/**
 * @param isMeant  tells operations on one route apart
 * @returns undefined when no operation has this method and path; labels are decoded
 */
export function matchRoute(
  service: ServiceModel,
  method: string,
  path: string,
  parameters: URLSearchParams,
  isMeant: (operation: OperationModel) => boolean = () => true,
): { operation: OperationModel; labels: ReadonlyMap<string, string> } | undefined {
  for (const route of routes(service)) {
    if (route.method !== method) continue;
    if (!route.parameters.every(([name, value]) => parameters.get(name) === value)) continue;
    const match = route.pattern.exec(path);
    if (match === null || !isMeant(route.operation)) continue;
    const labels = route.labels.map((name, index) => [name, decode(match[index + 1] ?? '')] as const);
    return { operation: route.operation, labels: new Map(labels) };
  }
  return undefined;
}

function routes(service: ServiceModel): readonly Route[] {
  const known = routesOf.get(service);
  if (known !== undefined) return known;
  const built = [...service.operations.values()]
    .flatMap((operation) => (operation.http === undefined ? [] : [route(operation, operation.http)]))
    .sort((a, b) => b.literalLength - a.literalLength || b.needs - a.needs);
  routesOf.set(service, built);
  return built;
}

function route(operation: OperationModel, [method, template]: readonly [string, string, number]): Route {
  const [path = '', query = ''] = template.split('?');
  const labels: string[] = [];
  const source = path
    .replace(/\/$/, '')
    .split('/')
    .map((segment) => {
      const label = /^\{(\w+)(\+?)\}$/.exec(segment);
      if (label === null) return segment.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
      labels.push(label[1] ?? '');
      return label[2] === '+' ? '(.+)' : '([^/]+)';
    })
    .join('/');
  return {
    operation,
    method,
    // Models of different years disagree on the last slash.
    pattern: new RegExp(`^${source}/?$`),
    labels,
    parameters: [...new URLSearchParams(query)],
    literalLength: template.replaceAll(/\{[^}]*\}/g, '').length,
    needs: boundNeeds(operation).length,
  };
}

interface BoundNeed {
  httpQuery?: string;
  /** In small letters. */
  httpHeader?: string;
}

/** What an operation cannot do without, of what lies in query and headers. */
export function boundNeeds({ input }: OperationModel): BoundNeed[] {
  return requiredMembers(input).flatMap<BoundNeed>((name) => {
    const { httpQuery, httpHeader } = input.getMemberSchema(name).getMergedTraits();
    if (httpQuery) return [{ httpQuery }];
    return httpHeader ? [{ httpHeader: httpHeader.toLowerCase() }] : [];
  });
}

// A label that is not valid percent encoding stands for itself; no resource has such a name.
function decode(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    return label;
  }
}
