import manifest from '../package.json' with { type: 'json' };

/** The one version of all rooms. */
export const { version } = manifest;
