import type { KillReport } from './run-kills.js';

const SHOWN_MAX = 40;

/** Whether anything was lost, doubled, unequal or fell by itself. */
export const isClean = ({ findings, crashes }: KillReport): boolean =>
  [findings.lost, findings.doubled, findings.unequal, crashes].every((found) => found.length === 0);

const COLUMNS: readonly (readonly [title: string, of: (report: KillReport) => string | number])[] = [
  ['database', ({ plan }) => plan.database],
  ['killed', ({ plan }) => plan.target],
  ['rounds', ({ plan }) => plan.rounds],
  ['kills', ({ kills, killsWhileStarting }) => kills + killsWhileStarting],
  ['answered', ({ answered }) => answered],
  ['refused', ({ refused }) => refused],
  ['repeated', ({ repeated }) => repeated],
  ['charges', ({ charges }) => charges],
  ['webhooks', ({ webhooks }) => webhooks.promised],
  ['came again', ({ webhooks }) => webhooks.arrivals - webhooks.promised],
  ['slowest start', ({ starts }) => `${Math.max(0, ...starts)} ms`],
  ['lost', ({ findings }) => findings.lost.length],
  ['doubled', ({ findings }) => findings.doubled.length],
  ['unequal', ({ findings }) => findings.unequal.length],
  ['crashes', ({ crashes }) => crashes.length],
];

/** A table of all runs, what was found wrong, and what the processes logged as errors. */
export function printReport(reports: readonly KillReport[]): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const lines = [
    row(COLUMNS.map(([title]) => title)),
    row(COLUMNS.map(() => '---')),
    ...reports.map((report) => row(COLUMNS.map(([, of]) => of(report)))),
  ];
  for (const report of reports) {
    const { findings, crashes, logged, plan } = report;
    const sections = { lost: findings.lost, doubled: findings.doubled, unequal: findings.unequal, crashes };
    for (const [name, found] of Object.entries(sections))
      for (const sentence of found.slice(0, SHOWN_MAX))
        lines.push(`${plan.database} ${plan.target}, ${name}: ${sentence}`);
    for (const [message, count] of [...logged].slice(0, SHOWN_MAX))
      lines.push(`${plan.database} ${plan.target}, logged ${count} times: ${message}`);
  }
  return lines.join('\n');
}
