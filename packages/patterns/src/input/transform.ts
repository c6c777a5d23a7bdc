import { parseJsonPath, resolveJsonPath } from './json-path.ts';
import { fillTemplate, type InputTransformer, type RuleInfo } from './template.ts';
import { UndeliverableInput } from './undeliverable-input.ts';

/** The three ways a target shapes what it is sent; at most one of them is set. */
export interface InputShape {
  Input?: string;
  InputPath?: string;
  InputTransformer?: InputTransformer;
}

/**
 * What a target is sent for an event.
 * @param event parsed JSON
 * @returns the body: JSON text, or lines of quoted text for a template of text
 * @throws UndeliverableInput when the template gives no JSON, or InputPath leads nowhere
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function transformInput(shape: InputShape, event: unknown, rule: RuleInfo): string {
  if (shape.Input !== undefined) return shape.Input;
  if (shape.InputTransformer) return fillTemplate(shape.InputTransformer, event, rule);
  if (shape.InputPath === undefined) return JSON.stringify(event);
  const steps = parseJsonPath(shape.InputPath);
  const node = steps && resolveJsonPath(event, steps);
  if (node === undefined)
    throw new UndeliverableInput(`InputPath ${shape.InputPath} leads nowhere in the event.`);
  return JSON.stringify(node);
}
