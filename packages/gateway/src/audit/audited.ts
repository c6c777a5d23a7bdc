/** CloudTrail's own words in the place of what must not be read. */
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/** Letter case as the SDK for JavaScript has it or not: compared in lower case. */
const SECRET = /^(?:.*secret.*|.*password.*|sessiontoken|tasktoken|token|variables)$/;

/** Characters kept of one text; an audit record is read by people. */
const TEXT_MAX = 2_048;

/**
 * Input or output as the audit record shows it: member names as CloudTrail writes them (lower case first), blobs
 * left out, long texts cut, secrets hidden.
 */
export function audited(value: unknown): unknown {
  if (value === undefined || value === null || value instanceof Uint8Array) return null;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'string')
    return value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX)}… (${value.length} characters)` : value;
  if (Array.isArray(value)) return value.map(audited);
  if (typeof value !== 'object') return value;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined && !(member instanceof Uint8Array))
    .map(([name, member]) => [lowerFirst(name), isSecret(name, member) ? HIDDEN : audited(member)]);
  return Object.fromEntries(members) as Record<string, unknown>;
}

/** A flag is none, and who asked to reveal secrets is to be seen. */
function isSecret(name: string, member: unknown): boolean {
  return typeof member !== 'boolean' && SECRET.test(name.toLowerCase());
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
