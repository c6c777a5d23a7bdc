import { RUNTIMES } from '@riposte/functions';
import { integrationsOfAnyServer } from '@riposte/server';
import type { Supported } from '@riposte/templates';

/** What a server of this version can do: a template is held against it before the server is asked. */
export const supported: Supported = { runtimes: RUNTIMES, integrations: integrationsOfAnyServer };
