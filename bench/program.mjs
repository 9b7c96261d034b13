// A program under measurement: started as a process of its own, known by its process id, and ended by it.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const START_TIMEOUT_MILLISECONDS = 120_000;
const END_TIMEOUT_MILLISECONDS = 20_000;

/** Starts a program of Node's and waits until what it printed fits the pattern; gives the match and the way to end it. */
export async function startProgram(words, { ready, env = {} }) {
  const child = spawn(process.execPath, words, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  // Whoever interrupts the benchmark ends what it started, too.
  const endAtOnce = () => child.kill('SIGTERM');
  process.once('exit', endAtOnce);
  const end = async () => {
    process.off('exit', endAtOnce);
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MILLISECONDS);
    await ended;
    clearTimeout(timer);
  };
  try {
    return { pid: child.pid, end, match: await printed(child, ready) };
  } catch (error) {
    await end();
    throw error;
  }
}

function printed(child, ready) {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error('it did not start in time')), START_TIMEOUT_MILLISECONDS);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`it ended with ${code} before it was ready`));
    });
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const match = ready.exec(text);
      if (match === null) return;
      clearTimeout(timer);
      // From now on it only prints what went wrong.
      child.stdout.removeAllListeners('data').pipe(process.stderr);
      resolve(match);
    });
  });
}

/** What a process used so far, in user and kernel mode together; Linux counts in hundredths of a second. */
export function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
