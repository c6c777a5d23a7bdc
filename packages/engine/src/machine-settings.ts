import type { LoggingConfiguration, MachineSettings, StateMachine } from './ports/state-machines.ts';

/** What a machine logs that does not say: nothing. */
const NO_LOGGING: LoggingConfiguration = { level: 'OFF', includeExecutionData: false };

/** The settings as they are in force. */
export function settingsOf({ settings }: Pick<StateMachine, 'settings'>): MachineSettings & {
  logging: LoggingConfiguration;
  tracing: { enabled: boolean };
} {
  return {
    ...settings,
    logging: settings?.logging ?? NO_LOGGING,
    tracing: settings?.tracing ?? { enabled: false },
  };
}

/** Whether two machines are set alike. A key that the service owns is what a machine has that names none. */
export function isSameSettings(
  one: Pick<StateMachine, 'settings'>,
  other: Pick<StateMachine, 'settings'>,
): boolean {
  return comparable(one) === comparable(other);
}

function comparable(machine: Pick<StateMachine, 'settings'>): string {
  const { logging, tracing } = settingsOf(machine);
  return JSON.stringify([
    logging.level,
    logging.includeExecutionData,
    logging.logGroupArn ?? null,
    tracing.enabled,
  ]);
}
