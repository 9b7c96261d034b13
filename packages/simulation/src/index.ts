export { freePorts } from './free-ports.js';
export { ManualClock } from './manual-clock.js';
export { RecordingHosts } from './recording-hosts.js';
export { type Gate, openGate, SandboxHttpClient } from './sandbox-client.js';
export { SeededRandom } from './seeded-random.js';
export { closeTestDatabases, type DatabaseKind, emptyDatabase, testDatabase, testDatabases } from './test-databases.js';
export { type Body, contextOf, createWorld, PUBLIC_URL, type Reply, World, type WorldOptions } from './world.js';
