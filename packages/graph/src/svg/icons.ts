import type { LayoutNode } from '../layout/graph-layout.ts';
import type { StateStatus } from '../statuses.ts';

type IconName = LayoutNode['kind'] | 'Token';

/** Line drawings in a box of 16 by 16 pixels. */
const ICONS: Readonly<Record<IconName, string>> = {
  Start: '',
  End: '',
  Task: 'M6.8 1.5h2.4l.4 2 1.6.9 1.9-.7 1.2 2.1-1.5 1.3v1.8l1.5 1.3-1.2 2.1-1.9-.7-1.6.9-.4 2H6.8l-.4-2-1.6-.9-1.9.7-1.2-2.1 1.5-1.3V7.1L1.7 5.8l1.2-2.1 1.9.7 1.6-.9ZM8 5.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4Z',
  Choice: 'M8 14.5V9.5M8 9.5L3 5V2M8 9.5L13 5V2M1 4L3 1.5 5 4M11 4L13 1.5 15 4',
  Wait: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM8 4.5V8l2.8 1.8',
  Pass: 'M1.5 8h12M9.5 4l4 4-4 4',
  Succeed: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM5 8.2l2.2 2.2L11.2 6',
  Fail: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM5.5 5.5l5 5M10.5 5.5l-5 5',
  Parallel: 'M3 1.5v13M8 1.5v13M13 1.5v13',
  Map: 'M1.5 5.5h9v9h-9ZM4 5.5V3.5h8.5V12h-2M6.5 3.5v-2h8V10h-2',
  Token:
    'M4.5 8.5V4a1 1 0 0 1 2 0v3M6.5 7V2.5a1 1 0 0 1 2 0V7M8.5 7V3a1 1 0 0 1 2 0v5M10.5 8V5a1 1 0 0 1 2 0v5c0 2.8-1.8 4.5-4.3 4.5-2 0-3.2-.9-4.2-2.6L2.2 9.3a1 1 0 0 1 1.7-1l.6.8',
};

export function iconPath(node: LayoutNode): string {
  return ICONS[node.isWaitingForToken ? 'Token' : node.kind];
}

/** The glyphs of the statuses as drawings in a box of 10 by 10, so that no font is needed. */
export const statusPaths: Readonly<Record<StateStatus, string>> = {
  notStarted: '',
  running: 'M3 1.8L8.2 5 3 8.2Z',
  waiting: 'M3.2 2v6M6.8 2v6',
  succeeded: 'M1.8 5.3l2.2 2.2L8.3 2.8',
  failed: 'M2.5 2.5l5 5M7.5 2.5l-5 5',
  timedOut: 'M2.5 1.8h5L2.5 8.2h5Z',
  caughtError: 'M5 1.5v4.5M5 7.8v.6',
  aborted: 'M2.8 2.8h4.4v4.4H2.8Z',
  skipped: '',
};
