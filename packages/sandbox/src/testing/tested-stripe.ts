import type Stripe from 'stripe';
import type { SandboxSettings } from '../sandbox.js';
import type { SandboxServer } from '../server.js';

/** A sandbox behind HTTP on a free port, and what contract tests need around it. */
export interface RunningSandbox {
  readonly server: SandboxServer;
  /** The official SDK with a key of its own; retries are off, so that a test sees each answer. */
  stripe(key: string, config?: ConstructorParameters<typeof Stripe>[1]): Stripe;
  /** One raw call, for what the SDK cannot say. */
  call(method: string, path: string, options?: CallOptions): Promise<CallAnswer>;
  /** A test that goes on after this does what only a sandbox lets it do; against Stripe it is skipped for this reason. */
  steers(why: string): void;
  /** Opens a hosted page, or sends its form as a browser would; Stripe's own are for people. Redirects are not followed. */
  page(url: string, form?: Readonly<Record<string, string>>): Promise<Response>;
  /** Mends what a test broke. */
  clearFaults(): void;
  /** Lets the usage that was reported be counted, which takes Stripe some seconds. */
  usageCounted(key: string): Promise<unknown>;
  /** The control API. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  /** What answers so far do not fit the contract, with their requests; empty when all do. */
  contractMisfits(): string[];
  close(): Promise<void>;
}

export interface CallOptions {
  readonly key?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>> & { readonly error?: Readonly<Record<string, unknown>> };
}

export interface RunningOptions {
  readonly settings?: SandboxSettings;
  readonly now?: () => number;
  readonly seed?: number;
  readonly dataFolder?: string;
}
