import type { GraphLayout, LayoutEdge } from '../layout/graph-layout.ts';
import { statusOf, stateStatuses, wasEntered, type Statuses } from '../statuses.ts';
import { element, escapeXml, number } from './markup.ts';
import { drawNode } from './nodes.ts';
import { arrowHead, roundedPath, shortenEnd } from './path.ts';
import { styleSheet } from './style.ts';

const BEND_PX = 6;
const ARROW_PX = 8;

/**
 * Draws a layout as a standalone SVG file: no scripts, no outside resources, light and dark, with a title and a
 * description for those who do not see it. All text of the definition is escaped.
 * @param statuses  shows how far an execution got; without them the machine alone is drawn
 */
export function renderSvg(layout: GraphLayout, statuses?: Statuses): string {
  const { title, width, height, nodes, edges } = layout;
  const ground = element('rect', { class: 'ground', width, height });
  const states = nodes.filter(({ name }) => name !== '');
  // containers first, then lines, then the states on top: a line may start under a border, never over a name
  const containers = states.filter(({ lanes }) => lanes.length > 0);
  const leaves = nodes.filter(({ lanes }) => lanes.length === 0);
  const draw = (node: (typeof nodes)[number]): string =>
    drawNode(node, statuses === undefined ? undefined : statusOf(statuses, node.name));
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'riposte-graph',
      role: 'img',
      width,
      height,
      viewBox: `0 0 ${number(width)} ${number(height)}`,
    },
    [
      element('title', {}, escapeXml(title)),
      element('desc', {}, escapeXml(describe(layout, statuses))),
      element('style', {}, escapeXml(styleSheet).replaceAll('&quot;', '"')),
      ground,
      ...containers.map(draw),
      ...edges.map((edge) => drawEdge(edge, statuses)),
      ...leaves.map(draw),
      ...edges.map(drawLabel),
    ]
      .filter((part) => part !== '')
      .join('\n'),
  );
}

function drawEdge(edge: LayoutEdge, statuses: Statuses | undefined): string {
  const taken = statuses === undefined ? '' : isTaken(edge, statuses) ? ' taken' : ' untaken';
  return element(
    'g',
    { class: `${edge.kind}${taken}` },
    element('path', { class: 'edge', d: roundedPath(shortenEnd(edge.points, ARROW_PX - 1), BEND_PX) }) +
      element('path', { class: 'head', d: arrowHead(edge.points, ARROW_PX) }),
  );
}

function drawLabel({ label }: LayoutEdge): string {
  if (label === undefined) return '';
  const { x, y, width, height, text, full } = label;
  return element(
    'g',
    {},
    (full === text ? '' : element('title', {}, escapeXml(full))) +
      element('rect', { class: 'label-ground', x, y, width, height, rx: 3 }) +
      element('text', { class: 'label', x: x + width / 2, y: y + height / 2 + 4 }, escapeXml(text)),
  );
}

/** Statuses tell of states, not of edges: an edge counts as taken when its ends allow it. */
function isTaken({ kind, from, to }: LayoutEdge, statuses: Statuses): boolean {
  const source = from === '' ? undefined : statusOf(statuses, from);
  if (source === undefined) return wasEntered(statusOf(statuses, to));
  if (kind === 'catch') return source === 'caughtError' && wasEntered(statusOf(statuses, to));
  if (kind === 'end') return source === 'succeeded' || source === 'failed';
  return source === 'succeeded' && wasEntered(statusOf(statuses, to));
}

function describe({ nodes }: GraphLayout, statuses: Statuses | undefined): string {
  const names = nodes.filter(({ name }) => name !== '').map(({ name }) => name);
  const count = names.length === 1 ? 'One state' : `${names.length} states`;
  if (statuses === undefined) return `${count}: ${names.join(', ')}.`;
  return `${count}: ${names.map((name) => `${name} ${stateStatuses[statusOf(statuses, name)].words}`).join(', ')}.`;
}
