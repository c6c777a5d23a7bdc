/** The rooms of design §2 and whom each may import. The order is the order of dependence: a room sees only earlier ones. */
export interface Room {
  name: string;
  /** Pure rooms see no Node, no clock and no randomness; everything comes in as an argument. */
  pure: boolean;
  rooms: readonly string[];
  /** npm packages, beside the rooms. */
  packages: readonly string[];
}

const AWS_SDK = [
  '@aws-sdk/client-cloudtrail',
  '@aws-sdk/client-cloudwatch-logs',
  '@aws-sdk/client-eventbridge',
  '@aws-sdk/client-health',
  '@aws-sdk/client-iam',
  '@aws-sdk/client-lambda',
  '@aws-sdk/client-sfn',
  '@aws-sdk/client-sns',
  '@aws-sdk/client-sts',
  '@aws-sdk/core',
  '@smithy/core',
];

export const rooms: readonly Room[] = [
  { name: 'asl', pure: true, rooms: [], packages: ['jsonata'] },
  { name: 'policy', pure: true, rooms: [], packages: [] },
  { name: 'patterns', pure: true, rooms: [], packages: [] },
  { name: 'graph', pure: true, rooms: ['asl'], packages: ['elkjs'] },
  { name: 'engine', pure: false, rooms: ['asl'], packages: [] },
  { name: 'events', pure: false, rooms: ['patterns', 'engine'], packages: [] },
  { name: 'account', pure: false, rooms: ['engine', 'policy'], packages: ['nodemailer'] },
  { name: 'functions', pure: false, rooms: ['engine'], packages: ['fflate'] },
  { name: 'store-sqlite', pure: false, rooms: ['engine', 'events', 'account'], packages: [] },
  {
    name: 'gateway',
    pure: false,
    rooms: ['asl', 'policy', 'patterns', 'engine', 'events', 'account', 'functions'],
    packages: AWS_SDK,
  },
  { name: 'templates', pure: false, rooms: [], packages: ['yaml'] },
  {
    name: 'server',
    pure: false,
    rooms: [
      'asl',
      'policy',
      'patterns',
      'graph',
      'engine',
      'events',
      'account',
      'functions',
      'store-sqlite',
      'gateway',
      'templates',
    ],
    packages: ['hono', '@hono/node-server'],
  },
  {
    name: 'cli',
    pure: false,
    rooms: ['server', 'templates', 'graph', 'asl'],
    packages: ['commander', ...AWS_SDK],
  },
  { name: 'testkit', pure: false, rooms: ['asl', 'engine', 'events', 'account'], packages: [] },
];
