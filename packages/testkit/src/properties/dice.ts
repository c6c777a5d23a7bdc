import { seededIds } from '@riposte/engine';

/** Chance that repeats: the same throws for the same seed. */
export class Dice {
  /** In [0, 1). */
  readonly uniform: () => number;

  constructor(seed: number) {
    const ids = seededIds(seed);
    this.uniform = () => ids.uniform();
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** A whole number, both ends included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.uniform() * (max - min + 1));
  }

  /** @param values  not empty */
  pick<T>(values: readonly T[]): T {
    return values[this.integer(0, values.length - 1)] as T; // an index of its own
  }

  /** One of the keys, each as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][]; // its own keys
    let left = this.uniform() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    const found = entries.find(([, weight]) => (left -= weight) < 0);
    return (found ?? entries[0]!)[0]; // rounding aside, one is always found
  }

  /** The value, or nothing: for members that are there or not. */
  maybe<T extends object>(probability: number, value: () => T): T | Record<string, never> {
    return this.chance(probability) ? value() : {};
  }
}
