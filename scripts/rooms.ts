/** The rooms of the design and whom each may import. The order is that of dependence: a room sees only earlier ones. */
export interface Room {
  name: string;
  /** Other rooms it may import, each through its door. */
  rooms: readonly string[];
  /**
   * Pure rooms see no Node, no clock and no chance; everything comes in as an argument. Of npm they see these
   * packages alone. Other rooms may import what their package.json names.
   */
  pure?: { packages: readonly string[] };
}

export const rooms: readonly Room[] = [
  { name: 'json', rooms: [], pure: { packages: [] } },
  { name: 'asl', rooms: ['json'], pure: { packages: ['jsonata'] } },
  { name: 'policy', rooms: [], pure: { packages: [] } },
  { name: 'patterns', rooms: ['json'], pure: { packages: [] } },
  { name: 'graph', rooms: ['asl'], pure: { packages: ['elkjs'] } },
  { name: 'engine', rooms: ['asl'] },
  { name: 'events', rooms: ['json', 'patterns', 'engine'] },
  { name: 'account', rooms: ['engine', 'policy'] },
  { name: 'functions', rooms: ['engine'] },
  { name: 'store-sqlite', rooms: ['json', 'engine', 'events', 'account'] },
  { name: 'gateway', rooms: ['asl', 'policy', 'engine', 'events', 'account', 'functions'] },
  { name: 'templates', rooms: ['asl', 'patterns'] },
  {
    name: 'server',
    rooms: ['json', 'asl', 'engine', 'events', 'account', 'functions', 'store-sqlite', 'gateway'],
  },
  { name: 'cli', rooms: ['json', 'patterns', 'server', 'templates', 'functions', 'graph'] },
  { name: 'testkit', rooms: ['asl', 'engine', 'events', 'account'] },
];
