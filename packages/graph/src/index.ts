export type { Box, GraphLayout, LayoutEdge, LayoutNode, Point } from './layout/graph-layout.ts';
export { layoutMachine } from './layout/layout.ts';
export type { Drawable } from './read-machine.ts';
export { stateStatuses } from './statuses.ts';
export type { StateStatus, Statuses, StatusLook } from './statuses.ts';
export { renderSvg } from './svg/render.ts';
export { renderText } from './text/render.ts';
