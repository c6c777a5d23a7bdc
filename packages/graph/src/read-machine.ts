import { formatDiagnostics, parseDefinition, parseJson, type StateGraph } from '@riposte/asl';

/** A machine, one of its inner graphs, or the text of a definition. */
export type Drawable = StateGraph | string;

/**
 * The graph to draw. In a text, resources may still be placeholders that a template fills in (`${FunctionArn}`):
 * what a state calls does not matter for its place.
 * @throws Error naming what is wrong with the definition
 */
export function readMachine(drawable: Drawable): StateGraph {
  if (typeof drawable !== 'string') return drawable;
  const { machine, diagnostics } = parseDefinition(drawable);
  if (machine !== undefined) return machine;
  const errors = diagnostics.filter(
    ({ severity, location }) => severity === 'ERROR' && location?.endsWith('/Resource') !== true,
  );
  if (errors.length > 0)
    throw new Error(`The definition cannot be drawn: ${formatDiagnostics(errors)}. Correct it there.`);
  return parseJson(drawable) as unknown as StateGraph; // only resources were objected to: the graph itself is sound
}
