import type { Point } from '../layout/graph-layout.ts';
import { number } from './markup.ts';

/** A line through the points with round bends. */
export function roundedPath(points: readonly Point[], radiusPx: number): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const parts = [`M${at(first)}`];
  rest.forEach((bend, index) => {
    const before = points[index] ?? bend;
    const after = rest[index + 1];
    if (after === undefined) {
      parts.push(`L${at(bend)}`);
      return;
    }
    const radius = Math.min(radiusPx, distance(before, bend) / 2, distance(bend, after) / 2);
    parts.push(`L${at(towards(bend, before, radius))}`, `Q${at(bend)} ${at(towards(bend, after, radius))}`);
  });
  return parts.join('');
}

/** A triangle whose tip is the last point, in the direction of the last piece. */
export function arrowHead(points: readonly Point[], lengthPx: number): string {
  const tip = points.at(-1);
  const before = points.at(-2);
  if (tip === undefined || before === undefined) return '';
  const base = towards(tip, before, lengthPx);
  const half = { x: (tip.y - base.y) * 0.45, y: (base.x - tip.x) * 0.45 };
  return `M${at(tip)}L${at({ x: base.x + half.x, y: base.y + half.y })}L${at({ x: base.x - half.x, y: base.y - half.y })}Z`;
}

/** The same line, ended `lengthPx` earlier, so that it does not stick out of its arrow head. */
export function shortenEnd(points: readonly Point[], lengthPx: number): Point[] {
  const tip = points.at(-1);
  const before = points.at(-2);
  if (tip === undefined || before === undefined) return [...points];
  return [...points.slice(0, -1), towards(tip, before, Math.min(lengthPx, distance(tip, before)))];
}

function towards(from: Point, to: Point, length: number): Point {
  const whole = distance(from, to);
  if (whole === 0) return from;
  return { x: from.x + ((to.x - from.x) / whole) * length, y: from.y + ((to.y - from.y) / whole) * length };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function at({ x, y }: Point): string {
  return `${number(x)} ${number(y)}`;
}
