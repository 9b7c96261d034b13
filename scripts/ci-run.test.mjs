import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { root } from './source/files.mjs';

const script = readFileSync(`${root}/.ci/run`, 'utf8');
const WELL_INSIDE_AN_HOUR_SECONDS = 2_760;

const [withinTime = ''] = script.match(/^within_time\(\) \{\n[\s\S]*?\n\}\n/m) ?? [];

/** The script's own function, in a run whose whole time is this. */
function run(seconds, command) {
  const limits = `all_seconds_max=${seconds} grace_seconds=1`;
  return spawnSync('bash', ['-c', `${limits}\n${withinTime}\nwithin_time ${command}`], { encoding: 'utf8' });
}

test('a run of CI has one time for all of it, well inside an hour, and everything long gets what is left', () => {
  const [, minutes] = script.match(/^readonly all_seconds_max=\$\(\((\d+) \* 60\)\)$/m) ?? [];
  const [, grace] = script.match(/^readonly grace_seconds=(\d+)$/m) ?? [];
  expect(Number(minutes) * 60 + Number(grace)).toBeLessThan(WELL_INSIDE_AN_HOUR_SECONDS);
  const limited = script.replace(withinTime, '');
  expect(limited).not.toMatch(/\btimeout\b/);
  const long = limited.split('\n').filter((line) => /apt-get \w|npm (?:ci|test)|node packages/.test(line));
  expect(long.length).toBeGreaterThan(0);
  for (const line of long) expect(line).toContain('within_time');
});

test('what does not end in the time of the whole run is ended and fails, and says so', () => {
  // Bash counts the seconds it sees change: the first may be over at once.
  const { status, stdout } = run(2, 'tail -f /dev/null');
  expect(status).toBe(124);
  expect(stdout).toContain('the time of the whole run was over during: tail');
});

test('when no time is left nothing is begun, and that is a failure', () => {
  const { status, stdout } = run(0, 'echo begun');
  expect(status).toBe(1);
  expect(stdout).toBe('no time is left for: echo begun\n');
});

test('in time, a command ends as it ends', () => {
  expect(run(60, 'true').status).toBe(0);
  expect(run(60, 'false').status).toBe(1);
});
