export function handler() {
  throw new RangeError('the thirteenth floor is missing');
}
