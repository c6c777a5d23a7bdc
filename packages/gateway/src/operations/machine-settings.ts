import type {
  EncryptionConfiguration,
  LoggingConfiguration as LoggingInput,
  TracingConfiguration,
} from '@aws-sdk/client-sfn';
import { hasLogGroup, type AccountStore } from '@riposte/account';
import { ServiceError, settingsOf, type LoggingConfiguration, type MachineSettings } from '@riposte/engine';

interface SettingsInput {
  loggingConfiguration?: LoggingInput | undefined;
  tracingConfiguration?: TracingConfiguration | undefined;
  encryptionConfiguration?: EncryptionConfiguration | undefined;
}

interface SettingsShown {
  loggingConfiguration: LoggingInput;
  tracingConfiguration: TracingConfiguration;
  encryptionConfiguration?: EncryptionConfiguration;
}

/**
 * The settings that a request names; undefined when it names none.
 * @throws ServiceError for a setting that the service would refuse too, or that is not written
 */
export function settingsOfInput(input: SettingsInput): MachineSettings | undefined {
  const { loggingConfiguration, tracingConfiguration, encryptionConfiguration } = input;
  refuseEncryption(encryptionConfiguration);
  const settings: MachineSettings = {
    ...(loggingConfiguration && { logging: loggingOf(loggingConfiguration) }),
    ...(tracingConfiguration && { tracing: { enabled: tracingConfiguration.enabled === true } }),
    ...(encryptionConfiguration && { encryption: { type: 'AWS_OWNED_KEY' as const } }),
  };
  return Object.keys(settings).length === 0 ? undefined : settings;
}

/** @throws ServiceError `InvalidLoggingConfiguration` when the log group is not there */
export async function checkLogDestination(
  store: AccountStore,
  { account, region }: { account: string; region: string },
  settings: MachineSettings | undefined,
): Promise<void> {
  const arn = settings?.logging?.logGroupArn;
  if (arn === undefined) return;
  const group = /^arn:[^:]+:logs:([^:]+):(\d+):log-group:([^:]+):\*$/.exec(arn);
  const [, groupRegion = '', owner, name = ''] = group ?? [];
  // the service says no more of an ARN in another form, account or region [guess]
  const isOurs = owner === account && groupRegion === region;
  if (!isOurs || !(await store.read((reading) => hasLogGroup(reading, region, name))))
    throw invalidLogging('Log Destination not found.');
}

/** As the Describe operations say them. The service tells of its own key since November 2024: recorded from then on. */
export function shownSettings(machine: { settings?: MachineSettings }): SettingsShown {
  const { logging, tracing, encryption } = settingsOf(machine);
  const { level, includeExecutionData, logGroupArn } = logging;
  return {
    loggingConfiguration: {
      level,
      includeExecutionData,
      ...(logGroupArn !== undefined && { destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }] }),
    },
    tracingConfiguration: tracing,
    encryptionConfiguration: encryption ?? { type: 'AWS_OWNED_KEY' },
  };
}

/** @throws ServiceError for anything but the service's own key */
export function refuseEncryption(configuration: EncryptionConfiguration | undefined): void {
  if ((configuration?.type ?? 'AWS_OWNED_KEY') === 'AWS_OWNED_KEY') return;
  throw new ServiceError(
    'InvalidEncryptionConfiguration',
    'Invalid Encryption Configuration: this server has no keys of customers. Leave encryptionConfiguration out, or say AWS_OWNED_KEY.',
  );
}

function loggingOf({
  level = 'OFF',
  includeExecutionData = false,
  destinations = [],
}: LoggingInput): LoggingConfiguration {
  const needed = level === 'OFF' ? destinations.length <= 1 : destinations.length === 1;
  if (!needed) throw invalidLogging('Must specify exactly one Log Destination.');
  if (destinations.length === 0) return { level, includeExecutionData };
  const logGroupArn = destinations[0]?.cloudWatchLogsLogGroup?.logGroupArn;
  if (logGroupArn === undefined) throw invalidLogging('Must specify exactly one Log Destination.');
  return { level, includeExecutionData, logGroupArn };
}

function invalidLogging(problem: string): ServiceError {
  return new ServiceError('InvalidLoggingConfiguration', `Invalid Logging Configuration: ${problem}`);
}
