import { shorten } from '../captions.ts';
import type { LayoutNode } from '../layout/graph-layout.ts';
import { NAME_CHARACTERS_MAX } from '../layout/layout.ts';
import { stateStatuses, type StateStatus } from '../statuses.ts';
import { iconPath, statusPaths } from './icons.ts';
import { element, escapeXml, number } from './markup.ts';

/** A node with its shape, icon, name and caption; with a status also its colour, glyph and words. */
export function drawNode(node: LayoutNode, status: StateStatus | undefined): string {
  if (node.kind === 'Start' || node.kind === 'End') return drawPill(node);
  const words = status === undefined ? undefined : stateStatuses[status].words;
  const { name, kind, caption, x, y } = node;
  const tooltip = [name, kind, caption, words]
    .filter((part) => part !== undefined && part !== '')
    .join(' · ');
  const indent = kind === 'Choice' ? 20 : 12;
  return element(
    'g',
    { class: `node${status === undefined ? '' : ` ${status}`}`, 'data-state': name },
    [
      element('title', {}, escapeXml(tooltip)),
      drawShape(node),
      element('path', {
        class: 'icon',
        d: iconPath(node),
        transform: `translate(${number(x + indent)} ${number(y + 15)})`,
      }),
      line('name', x + indent + 24, y + 19, shorten(name, NAME_CHARACTERS_MAX)),
      line('caption', x + indent + 24, y + 35, words === undefined ? caption : `${caption} · ${words}`),
      status === undefined ? '' : drawBadge(node, status),
    ].join(''),
  );
}

function drawPill({ kind, x, y, width, height }: LayoutNode): string {
  return element(
    'g',
    { class: 'node' },
    element('rect', { class: 'pill', x, y, width, height, rx: height / 2 }) +
      line('pill-text', x + width / 2, y + height / 2 + 4.2, kind),
  );
}

function drawShape(node: LayoutNode): string {
  const { kind, x, y, width, height, lanes, isWorkflow } = node;
  const frame = (inset: number, rx: number, className: string): string =>
    element('rect', {
      class: className,
      x: x + inset,
      y: y + inset,
      width: width - 2 * inset,
      height: height - 2 * inset,
      rx,
    });
  switch (kind) {
    case 'Choice':
      return element('path', {
        class: 'shape',
        d: `M${number(x + 14)} ${number(y)}H${number(x + width - 14)}L${number(x + width)} ${number(y + height / 2)}L${number(x + width - 14)} ${number(y + height)}H${number(x + 14)}L${number(x)} ${number(y + height / 2)}Z`,
      });
    case 'Wait':
      return frame(0, height / 2, 'shape');
    case 'Succeed':
    case 'Fail':
      return frame(0, 6, 'shape') + frame(3.5, 4, 'inner');
    case 'Parallel':
    case 'Map':
      return (
        frame(0, 8, 'shape container') +
        lanes.map((lane) => element('rect', { class: 'lane', ...lane, rx: 6 })).join('')
      );
    default:
      return (
        frame(0, 6, 'shape') +
        (isWorkflow
          ? element('path', { class: 'inner', d: `M${number(x + 5)} ${number(y)}v${number(height)}` })
          : '')
      );
  }
}

/** A disc with the glyph of the status, at the upper right. */
function drawBadge({ kind, x, y, width }: LayoutNode, status: StateStatus): string {
  const glyph = statusPaths[status];
  if (glyph === '') return '';
  const centre = x + width - (kind === 'Choice' ? 24 : 17);
  return (
    element('circle', { class: 'disc', cx: centre, cy: y + 15, r: 8.5 }) +
    element('path', {
      class: 'badge',
      d: glyph,
      transform: `translate(${number(centre - 5)} ${number(y + 10)})`,
    })
  );
}

function line(className: string, x: number, y: number, text: string): string {
  return element('text', { class: className, x, y }, escapeXml(text));
}
