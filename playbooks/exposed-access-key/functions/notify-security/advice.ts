import type { Finding, Incident } from './finding.ts';
import type { Status } from './result.ts';

/** What a person should do now, the most urgent first. */
export function advice(status: Status, finding: Finding, incident: Incident): string[] {
  const key = finding.key?.accessKeyId ?? '';
  const user = finding.containment?.userName ?? incident.reportedUser;
  switch (status) {
    case 'still-active':
      return [...stopIt(finding, key, user), ...aftermath(user)];
    case 'inactive':
      return [
        ...aftermath(user),
        'Give what rightly used the key new credentials, better temporary ones; then delete this key.',
      ];
    case 'not-deleted':
      return [
        `Check that it is Inactive still: aws iam list-access-keys --user-name ${user || '<its user>'}`,
        `Delete it by hand: aws iam delete-access-key --access-key-id ${key || '<the key>'} --user-name ${user || '<its user>'}`,
        'Then find out from the error above why the automation could not.',
      ];
    case 'contained':
      return [...aftermath(user), 'Give what rightly used the key new credentials, better temporary ones.'];
    case 'not-ours':
      return [
        'Find out whose key it is (aws sts get-access-key-info) and tell that account at once.',
        'Remove the key from the place where it was found.',
      ];
    case 'keys-by-hand':
      return [
        'Deactivate each of these keys now: aws iam update-access-key --status Inactive --access-key-id <the key> --user-name <its user>',
        'Then look into CloudTrail for what they did, and for what they left behind.',
      ];
    case 'no-key':
      return [
        'Open the AWS Health dashboard and read which credentials are meant.',
        'Take them out of service by hand, then look into CloudTrail for what they did.',
      ];
  }
}

function stopIt(finding: Finding, key: string, user: string | undefined): string[] {
  const reason = finding.containment?.reason;
  if (reason === 'root')
    return [
      'Sign in as the root user and deactivate the key now (Security credentials, Access keys).',
      'Change the root password and check its MFA devices.',
    ];
  if (reason === 'temporary')
    return [
      'Find the role or user behind the session in CloudTrail and revoke its sessions now (IAM console: Revoke sessions).',
    ];
  return [
    `Deactivate the key now: aws iam update-access-key --access-key-id ${key} --status Inactive --user-name ${user ?? '<its user>'}`,
    'Then find out from the error above why the automation could not.',
  ];
}

function aftermath(user: string | undefined): string[] {
  return [
    `Sessions that the key has opened go on: revoke those of ${user ? `user ${user}` : 'its user'} and of every role it assumed.`,
    'Look for what it left behind: new users, keys, roles, policies, functions, machines; in every region.',
    'Keep a quarantine policy that AWS attached until AWS Support agrees; answer their case.',
    'Remove the key from the place where it was found, and from its history.',
  ];
}
