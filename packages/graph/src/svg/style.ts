import { stateStatuses, type StatusLook } from '../statuses.ts';

const BORDERS: Readonly<Record<StatusLook['border'], string>> = {
  solid: 'stroke-width:1.5px',
  heavy: 'stroke-width:3px',
  dashed: 'stroke-width:1.5px;stroke-dasharray:5 4',
  dotted: 'stroke-width:1.5px;stroke-dasharray:1.5 3',
};

/** Everything hangs below `.riposte-graph`, so that a drawing inside of a page colours nothing else. */
export const styleSheet = [
  '.riposte-graph{font-family:Helvetica,Arial,"Liberation Sans",sans-serif}',
  '.riposte-graph .ground{fill:#ffffff}',
  '.riposte-graph .shape,.riposte-graph .inner{fill:#ffffff;stroke:#5f6b7a;stroke-width:1.5px}',
  '.riposte-graph .inner{fill:none;stroke-width:1px}',
  '.riposte-graph .container{fill:#f6f8fa}',
  '.riposte-graph .lane{fill:#ffffff;stroke:#aab4c0;stroke-width:1px;stroke-dasharray:2 3}',
  '.riposte-graph .pill{fill:#2b333e}',
  '.riposte-graph .pill-text{fill:#ffffff;font-size:12px;font-weight:bold;text-anchor:middle}',
  '.riposte-graph .name{fill:#161d26;font-size:13px;font-weight:bold}',
  '.riposte-graph .caption{fill:#4a5563;font-size:11px}',
  '.riposte-graph .icon{fill:none;stroke:#4a5563;stroke-width:1.3px;stroke-linecap:round;stroke-linejoin:round}',
  '.riposte-graph .edge{fill:none;stroke:#6b7686;stroke-width:1.5px}',
  '.riposte-graph .head{fill:#6b7686}',
  '.riposte-graph .catch .edge{stroke:#9a5b00;stroke-dasharray:5 4}',
  '.riposte-graph .catch .head{fill:#9a5b00}',
  '.riposte-graph .label{fill:#4a5563;font-size:11px;text-anchor:middle}',
  '.riposte-graph .label-ground{fill:#ffffff;opacity:.92}',
  '.riposte-graph .taken .edge{stroke-width:2.5px}',
  '.riposte-graph .untaken{opacity:.6}',
  '.riposte-graph .badge{fill:none;stroke:#ffffff;stroke-width:1.8px;stroke-linecap:round;stroke-linejoin:round}',
  '.riposte-graph .skipped{opacity:.6}',
  ...Object.entries(stateStatuses).map(
    ([status, { stroke, fill, border }]) =>
      `.riposte-graph .${status} .shape{stroke:${stroke};${BORDERS[border]}${fill === 'none' ? '' : `;fill:${fill}`}}.riposte-graph .${status} .inner{stroke:${stroke}}.riposte-graph .${status} .disc{fill:${stroke}}`,
  ),
  '@media (prefers-reduced-motion:no-preference){.riposte-graph .running .disc{animation:riposte-pulse 1.6s ease-in-out infinite}@keyframes riposte-pulse{50%{opacity:.45}}}',
  '@media (prefers-color-scheme:dark){',
  '.riposte-graph .ground,.riposte-graph .lane,.riposte-graph .label-ground{fill:#161d26}',
  '.riposte-graph .shape{fill:#1f2833;stroke:#9aa4b2}',
  '.riposte-graph .inner{stroke:#9aa4b2}',
  '.riposte-graph .container{fill:#1b232d}',
  '.riposte-graph .lane{stroke:#4a5563}',
  '.riposte-graph .pill{fill:#d5dbe3}.riposte-graph .pill-text{fill:#161d26}',
  '.riposte-graph .name{fill:#f0f3f6}.riposte-graph .caption,.riposte-graph .label{fill:#b6c0cc}',
  '.riposte-graph .icon{stroke:#b6c0cc}.riposte-graph .edge{stroke:#8b96a5}.riposte-graph .head{fill:#8b96a5}',
  '.riposte-graph .catch .edge{stroke:#f0a83a}.riposte-graph .catch .head{fill:#f0a83a}',
  '.riposte-graph .badge{stroke:#161d26}',
  ...Object.entries(stateStatuses).map(
    ([status, { darkStroke, darkFill }]) =>
      `.riposte-graph .${status} .shape{stroke:${darkStroke}${darkFill === 'none' ? '' : `;fill:${darkFill}`}}.riposte-graph .${status} .inner{stroke:${darkStroke}}.riposte-graph .${status} .disc{fill:${darkStroke}}`,
  ),
  '}',
].join('');
