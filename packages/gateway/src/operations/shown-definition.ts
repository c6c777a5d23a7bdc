import { variableReferences } from '@riposte/asl';

/** What the Describe operations show of a definition: its text, and which variables its states read. */
export function shownDefinition(
  definition: string,
  includedData: string | undefined,
): { definition: string; variableReferences?: Record<string, string[]> } {
  if (includedData === 'METADATA_ONLY') return { definition: '{}' };
  const references = variableReferences(definition);
  return { definition, ...(Object.keys(references).length > 0 && { variableReferences: references }) };
}
