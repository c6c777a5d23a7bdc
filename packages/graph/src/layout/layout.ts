import type { State, StateGraph } from '@riposte/asl';
import { captionOf, shorten, startsWorkflow, waitsForToken } from '../captions.ts';
import { readMachine, type Drawable } from '../read-machine.ts';
import { innerGraphs, isEnd, transitionsOf } from '../transitions.ts';
import type { Box, GraphLayout, LayoutEdge, LayoutNode } from './graph-layout.ts';
import { layoutScope, type ScopeEdge, type ScopeNode } from './scope.ts';
import { textWidth } from './text-width.ts';

const MARGIN = 16;
const NODE_HEIGHT = 46;
const NODE_WIDTH_MIN = 132;
/** Left of the text the icon, right of it the status. */
const NODE_SIDES = 36 + 32;
const PILL = { width: 58, height: 24 };
const HEADER_HEIGHT = 46;
const LANE_PADDING = 14;
const LANE_GAP = 12;
/** Room for a status word, which comes later than the layout. */
const STATUS_WIDTH = textWidth('caught error', 11);
export const NAME_CHARACTERS_MAX = 28;
const CAPTION_CHARACTERS_MAX = 34;
const LABEL_CHARACTERS_MAX = 30;
const LABEL_FONT_PX = 11;

/** A graph laid out alone, with its upper left corner at 0, 0. */
interface Scope {
  width: number;
  height: number;
  nodes: LayoutNode[];
  edges: LayoutEdge[];
}

/**
 * Lays a machine out: each scope alone, the inner ones first, then as boxes of fixed size in their parents.
 * Takes 0.3 s of computing for 100 states, seconds for 500, so that servers do it in a worker.
 * @throws Error when it is given a text that is no definition
 */
export async function layoutMachine(drawable: Drawable): Promise<GraphLayout> {
  const machine = readMachine(drawable);
  const scope = await layoutGraph(machine, 0);
  const moved = moveBy(scope, MARGIN, MARGIN);
  return {
    title: machine.Comment ?? 'State machine',
    width: scope.width + 2 * MARGIN,
    height: scope.height + 2 * MARGIN,
    nodes: moved.nodes,
    edges: moved.edges,
  };
}

async function layoutGraph(graph: StateGraph, depth: number): Promise<Scope> {
  const states = Object.entries(graph.States);
  const drafts: Draft[] = [];
  for (const [name, state] of states) drafts.push(await draftOf(name, state, depth));
  const edges: (Pick<LayoutEdge, 'kind' | 'from' | 'to'> & { full?: string })[] = [];
  const isRoot = depth === 0;
  if (isRoot) edges.push({ kind: 'start', from: '', to: graph.StartAt });
  for (const [name, state] of states) {
    for (const { kind, target, label } of transitionsOf(state))
      edges.push({ kind, from: name, to: target, ...(label === '' ? {} : { full: label }) });
    if (isRoot && isEnd(state)) edges.push({ kind: 'end', from: name, to: '' });
  }
  const pills = isRoot
    ? [pill('Start'), ...(edges.some(({ kind }) => kind === 'end') ? [pill('End')] : [])]
    : [];
  const nodes = [...drafts.map(({ node }) => node), ...pills];
  const { width, height, boxes, routes } = await layoutScope(
    nodes.map(toScopeNode),
    edges.map(({ from, to, kind, full }) => toScopeEdge(from, to, kind, full)),
  );
  const scope: Scope = { width, height, nodes: [], edges: [] };
  nodes.forEach((node, index) => {
    const { x = 0, y = 0 } = boxes[index] ?? {};
    scope.nodes.push({ ...node, x, y, lanes: node.lanes.map((lane) => shift(lane, x, y)) });
    const inner = drafts[index]?.inner;
    if (inner === undefined) return;
    const moved = moveBy(inner, x, y);
    scope.nodes.push(...moved.nodes);
    scope.edges.push(...moved.edges);
  });
  edges.forEach(({ kind, from, to, full }, index) => {
    const { points = [], label } = routes[index] ?? {};
    const text = full === undefined ? undefined : shorten(full, LABEL_CHARACTERS_MAX);
    scope.edges.push({
      kind,
      from,
      to,
      points,
      ...(label === undefined || text === undefined || full === undefined
        ? {}
        : { label: { ...label, text, full } }),
    });
  });
  return scope;
}

/** A node of known size whose place is not known yet, with what lies in it. */
interface Draft {
  node: LayoutNode;
  inner?: Scope;
}

async function draftOf(name: string, state: State, depth: number): Promise<Draft> {
  const node = nodeOf(name, state, depth);
  const graphs = innerGraphs(state);
  if (graphs.length === 0) return { node };
  const scopes: Scope[] = [];
  for (const graph of graphs) scopes.push(await layoutGraph(graph, depth + 1));
  const laneHeight = Math.max(...scopes.map(({ height }) => height)) + 2 * LANE_PADDING;
  const widths = scopes.map(({ width }) => width + 2 * LANE_PADDING);
  const content = widths.reduce((sum, width) => sum + width, 0) + LANE_GAP * (scopes.length - 1);
  const width = Math.max(content + 2 * LANE_GAP, node.width);
  const inner: Scope = { width: 0, height: 0, nodes: [], edges: [] };
  let left = (width - content) / 2;
  scopes.forEach((scope, index) => {
    const lane: Box = { x: left, y: HEADER_HEIGHT, width: widths[index] ?? 0, height: laneHeight };
    node.lanes.push(lane);
    const moved = moveBy(scope, lane.x + LANE_PADDING, lane.y + LANE_PADDING);
    inner.nodes.push(...moved.nodes);
    inner.edges.push(...moved.edges);
    left += lane.width + LANE_GAP;
  });
  return { node: { ...node, width, height: HEADER_HEIGHT + laneHeight + LANE_GAP }, inner };
}

function nodeOf(name: string, state: State, depth: number): LayoutNode {
  const caption = shorten(captionOf(state), CAPTION_CHARACTERS_MAX);
  const captionWidth = textWidth(caption, 11) + textWidth(' · ', 11) + STATUS_WIDTH;
  const text = Math.max(textWidth(shorten(name, NAME_CHARACTERS_MAX), 13, true), captionWidth);
  const slants = state.Type === 'Choice' ? 28 : 0;
  return {
    name,
    kind: state.Type,
    caption,
    depth,
    x: 0,
    y: 0,
    width: Math.ceil(Math.max(NODE_WIDTH_MIN, text + NODE_SIDES + slants)),
    height: NODE_HEIGHT,
    isWorkflow: startsWorkflow(state),
    isWaitingForToken: waitsForToken(state),
    lanes: [],
  };
}

function pill(kind: 'Start' | 'End'): LayoutNode {
  return {
    name: '',
    kind,
    caption: '',
    depth: 0,
    x: 0,
    y: 0,
    ...PILL,
    isWorkflow: false,
    isWaitingForToken: false,
    lanes: [],
  };
}

/** Names of states may be anything, so that the pills get ids that no state can have. */
function idOf(name: string, pillKind: 'Start' | 'End'): string {
  return name === '' ? `pill:${pillKind}` : `state:${name}`;
}

function toScopeNode({ name, kind, width, height }: LayoutNode): ScopeNode {
  if (kind === 'Start') return { id: idOf('', 'Start'), width, height, rank: 'first' };
  if (kind === 'End') return { id: idOf('', 'End'), width, height, rank: 'last' };
  return { id: idOf(name, 'Start'), width, height };
}

function toScopeEdge(
  from: string,
  to: string,
  kind: LayoutEdge['kind'],
  full: string | undefined,
): ScopeEdge {
  const text = full === undefined ? '' : shorten(full, LABEL_CHARACTERS_MAX);
  return {
    from: idOf(from, 'Start'),
    to: idOf(to, kind === 'end' ? 'End' : 'Start'),
    ...(text === '' ? {} : { label: { width: Math.ceil(textWidth(text, LABEL_FONT_PX)) + 8, height: 17 } }),
  };
}

function shift<T extends { x: number; y: number }>(box: T, dx: number, dy: number): T {
  return { ...box, x: box.x + dx, y: box.y + dy };
}

function moveBy({ width, height, nodes, edges }: Scope, dx: number, dy: number): Scope {
  const movedNodes: LayoutNode[] = [];
  for (const node of nodes)
    movedNodes.push(
      Object.assign(shift(node, dx, dy), { lanes: node.lanes.map((lane) => shift(lane, dx, dy)) }),
    );
  const movedEdges: LayoutEdge[] = [];
  for (const edge of edges) {
    const moved = Object.assign({}, edge, { points: edge.points.map((point) => shift(point, dx, dy)) });
    if (edge.label !== undefined) moved.label = shift(edge.label, dx, dy);
    movedEdges.push(moved);
  }
  return { width, height, nodes: movedNodes, edges: movedEdges };
}
