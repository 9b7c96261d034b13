import { writeFileSync } from 'node:fs';
import type { TestModule } from 'vitest/node';

/** How one test went. */
export interface Outcome {
  readonly file: string;
  /** With the titles of what it stands in. */
  readonly title: string;
  readonly state: 'failed' | 'passed' | 'pending' | 'skipped';
  /** The reason of one that was skipped, the message of one that failed. */
  readonly why: string;
}

/** Where the outcomes are written. */
export const outcomesVariable = 'TOLLBRIDGE_TEST_OUTCOMES';

/** Writes what became of each test as JSON, with the reasons of those skipped, which Vitest's own JSON leaves out. */
export default class OutcomeReporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const outcomes = modules.flatMap((module) => [...outcomesOf(module)]);
    writeFileSync(process.env[outcomesVariable] ?? '', JSON.stringify(outcomes));
  }
}

function* outcomesOf(module: TestModule): Iterable<Outcome> {
  const file = module.moduleId;
  for (const { message } of module.errors()) yield { file, title: '', state: 'failed', why: message };
  for (const test of module.children.allTests()) {
    const result = test.result();
    const why = result.state === 'skipped' ? (result.note ?? '') : (result.errors?.[0]?.message ?? '');
    yield { file, title: test.fullName, state: result.state, why };
  }
}
