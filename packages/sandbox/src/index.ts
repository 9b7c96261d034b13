export type { SandboxAnswer, SandboxRequest } from './answer.js';
export type { DeliveryReport, WebhookPost } from './delivery-queue.js';
export type { FaultKind, FaultRule, Faults } from './faults.js';
export { DataFolderError, FileJournal, type Journal, type JournalEntry } from './journal.js';
export { createSandbox, type Sandbox, type SandboxOptions, type SandboxSettings } from './sandbox.js';
export { type SandboxServer, type SandboxServerOptions, startSandboxServer } from './server.js';
