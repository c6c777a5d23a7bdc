import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { Box, Point } from './graph-layout.ts';

/** A box of known size; `rank` holds the start at the top and the end at the bottom. */
export interface ScopeNode {
  id: string;
  width: number;
  height: number;
  rank?: 'first' | 'last';
}
export interface ScopeEdge {
  from: string;
  to: string;
  label?: { width: number; height: number };
}
export interface LaidOutScope {
  width: number;
  height: number;
  /** As the nodes were given. */
  boxes: Box[];
  /** As the edges were given. */
  routes: { points: Point[]; label?: Box }[];
}

/** What looked best of the settings that were tried; source order is kept. */
const OPTIONS: Record<string, string> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.layered.spacing.nodeNodeBetweenLayers': '36',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '18',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '3',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
};

/** Loaded on first use: half a megabyte that drawing a finished layout does not need. It holds no state of ours. */
let engine: Promise<ELK> | undefined;

/** Lays out one `States` map alone. Transitions never leave it, so that this is exact. */
export async function layoutScope(
  nodes: readonly ScopeNode[],
  edges: readonly ScopeEdge[],
): Promise<LaidOutScope> {
  engine ??= import('elkjs/lib/elk.bundled.js').then(({ default: elk }) => new elk.default());
  const laidOut: ElkNode = await (
    await engine
  ).layout<ElkNode>({
    id: 'scope',
    layoutOptions: OPTIONS,
    children: nodes.map(toElkNode),
    edges: edges.map(toElkEdge),
  });
  const children = new Map((laidOut.children ?? []).map((child) => [child.id, child]));
  const routes = new Map((laidOut.edges ?? []).map((edge) => [edge.id, edge]));
  return {
    width: round(laidOut.width ?? 0),
    height: round(laidOut.height ?? 0),
    boxes: nodes.map(({ id }) => boxOf(children.get(id) ?? {})),
    routes: edges.map((_, index) => routeOf(routes.get(String(index)))),
  };
}

function toElkNode({ id, width, height, rank }: ScopeNode): ElkNode {
  if (rank === undefined) return { id, width, height };
  const layerConstraint = rank === 'first' ? 'FIRST' : 'LAST';
  return { id, width, height, layoutOptions: { 'elk.layered.layering.layerConstraint': layerConstraint } };
}

function toElkEdge({ from, to, label }: ScopeEdge, index: number): ElkExtendedEdge {
  return {
    id: String(index),
    sources: [from],
    targets: [to],
    ...(label === undefined ? {} : { labels: [{ text: ' ', ...label }] }),
  };
}

function routeOf(edge: ElkExtendedEdge | undefined): LaidOutScope['routes'][number] {
  const points = (edge?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].map(({ x, y }) => ({ x: round(x), y: round(y) })),
  );
  const [label] = edge?.labels ?? [];
  return label === undefined ? { points } : { points, label: boxOf(label) };
}

function boxOf({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box {
  return { x: round(x), y: round(y), width: round(width), height: round(height) };
}

/** To tenths: steady on every machine, short as JSON. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
