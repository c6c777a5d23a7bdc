import type { OperationModel, Schema } from '../wire/models.ts';
import { requiredMembers } from '../wire/validation.ts';
import type { AnswerModel, AnswerShape } from './shapes.ts';

/**
 * The shapes of an answer as the SDK's client has them: types and required members, no lengths, ranges and allowed
 * values. For services that have no file in `shapes/`.
 */
export function sdkAnswerModel({ output }: OperationModel): AnswerModel | undefined {
  if (!output.isStructSchema()) return undefined;
  const schemas: Schema[] = [];
  const named = (schema: Schema): string => plainType(schema) ?? String(schemas.push(schema) - 1);
  return {
    root: shapeOf(output, named),
    shape(name) {
      const schema = schemas[Number(name)];
      return schema ? shapeOf(schema, named) : { type: name as 'string' | 'number' | 'boolean' }; // a plain type's name
    },
  };
}

function shapeOf(schema: Schema, named: (schema: Schema) => string): AnswerShape {
  if (schema.isListSchema()) return { type: 'list', of: named(schema.getValueSchema()) };
  if (schema.isMapSchema()) return { type: 'map', of: named(schema.getValueSchema()) };
  const members = [...schema.structIterator()].map(([name, member]) => [name, named(member)] as const);
  return { type: 'structure', required: requiredMembers(schema), members: Object.fromEntries(members) };
}

/** As JSON: blobs and instants are texts in the answers that states see. */
function plainType(schema: Schema): 'string' | 'number' | 'boolean' | 'document' | undefined {
  if (schema.isListSchema() || schema.isMapSchema() || schema.isStructSchema()) return undefined;
  if (schema.isDocumentSchema()) return 'document';
  if (schema.isBooleanSchema()) return 'boolean';
  return schema.isNumericSchema() ? 'number' : 'string';
}
