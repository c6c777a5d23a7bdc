import type { StackPlan } from './plan.ts';

const SIGNS = { create: '+', update: '~', replace: '±', delete: '-', retain: ' ' } as const;

/** The plan as text for a terminal: a summary, a line a change, notes. Ends without a line break. */
export function formatPlan(plan: StackPlan): string {
  const rows: string[][] = [];
  for (const { action, logicalId, type, changed } of plan.resources)
    if (action !== 'unchanged')
      rows.push([`${SIGNS[action]} ${action}`, logicalId, type, changed.join(', ')]);
  for (const { logicalId, type, retain } of plan.deletions)
    rows.push(
      retain
        ? [`${SIGNS.retain} keep`, logicalId, type, 'leaves the stack and stays (DeletionPolicy)']
        : [`${SIGNS.delete} delete`, logicalId, type, ''],
    );
  const lines = [
    `Stack ${plan.stackName} in ${plan.pseudo.account}/${plan.pseudo.region}: ${summary(plan)}.`,
  ];
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows)
    lines.push(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
  for (const note of plan.notes) lines.push(`Note: ${note}`);
  return lines.join('\n');
}

function summary({ resources, deletions }: StackPlan): string {
  const count = (action: string): number => resources.filter((resource) => resource.action === action).length;
  const parts = [
    [count('create'), 'to create'],
    [count('update'), 'to update'],
    [count('replace'), 'to replace'],
    [deletions.filter(({ retain }) => !retain).length, 'to delete'],
    [count('unchanged'), 'unchanged'],
  ] as const;
  const told = parts.filter(([number]) => number > 0).map(([number, words]) => `${number} ${words}`);
  const isUnchanged = deletions.length === 0 && resources.every(({ action }) => action === 'unchanged');
  return [...(isUnchanged ? ['nothing to do'] : []), ...told].join(', ');
}
