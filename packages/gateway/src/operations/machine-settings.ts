import type {
  EncryptionConfiguration,
  LoggingConfiguration,
  TracingConfiguration,
} from '@aws-sdk/client-sfn';
import { ServiceError } from '@riposte/engine';

/**
 * What the Describe operations say of settings that nobody can change here yet. The key that encrypts is left out: a
 * machine that was created without saying one is answered both ways in recordings of the service.
 */
export const DEFAULT_SETTINGS = {
  loggingConfiguration: { level: 'OFF' as const, includeExecutionData: false },
  tracingConfiguration: { enabled: false },
};

/** @throws ServiceError for a setting that the service would refuse too, or that is not written */
export function refuseSettings(input: {
  loggingConfiguration?: LoggingConfiguration | undefined;
  tracingConfiguration?: TracingConfiguration | undefined;
  encryptionConfiguration?: EncryptionConfiguration | undefined;
}): void {
  const { loggingConfiguration, tracingConfiguration } = input;
  if ((loggingConfiguration?.level ?? 'OFF') !== 'OFF') {
    if (loggingConfiguration?.destinations?.length !== 1)
      throw new ServiceError(
        'InvalidLoggingConfiguration',
        'Invalid Logging Configuration: Must specify exactly one Log Destination.',
      );
    throw notSupported('loggingConfiguration');
  }
  if (tracingConfiguration?.enabled === true) throw notSupported('tracingConfiguration');
  refuseEncryption(input.encryptionConfiguration);
}

/** @throws ServiceError for anything but the service's own key */
export function refuseEncryption(configuration: EncryptionConfiguration | undefined): void {
  if ((configuration?.type ?? 'AWS_OWNED_KEY') !== 'AWS_OWNED_KEY')
    throw notSupported('encryptionConfiguration');
}

function notSupported(name: string): ServiceError {
  return new ServiceError(
    'ValidationException',
    `${name}: only the default is supported by Riposte yet. Leave it out.`,
  );
}
