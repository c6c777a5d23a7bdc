/** Whether two codes are one: `AccessDenied` also stands for `AccessDeniedException`, services write either. */
export function isSameCode(one: string | undefined, other: string | undefined): boolean {
  return withoutSuffix(one) === withoutSuffix(other);
}

function withoutSuffix(code: string | undefined): string | undefined {
  return code?.replace(/Exception$/, '');
}
