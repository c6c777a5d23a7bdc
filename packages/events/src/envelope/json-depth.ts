const DEPTH_MAX = 1000; // PutEvents refuses deeper JSON

/** Lists and objects within one another, at most. Stops counting above `DEPTH_MAX`. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX) return true;
    const next: unknown[] = [];
    for (const node of level)
      if (typeof node === 'object' && node !== null)
        for (const member of Object.values(node)) if (typeof member === 'object') next.push(member);
    level = next;
  }
  return false;
}
