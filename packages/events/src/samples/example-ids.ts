/** Ids for samples: well formed, and nobody's. Number 0 is always the one that AWS's documentation has in its examples. */

const FIRST_EXAMPLE_ID = 0x12_34_56_78_90_ab_cd_efn;

/** An id as EC2 makes them: the prefix and 17 hexadecimal digits. Number 0 is the one that AWS's examples have. */
export function exampleId(prefix: string, number: number): string {
  return `${prefix}-${(FIRST_EXAMPLE_ID + BigInt(number)).toString(16).padStart(17, '0')}`;
}

/** An access key id. */
export function exampleKeyId(number: number): string {
  return number === 0 ? 'AKIAIOSFODNN7EXAMPLE' : `AKIAEXAMPLE${String(number).padStart(9, '0')}`;
}
