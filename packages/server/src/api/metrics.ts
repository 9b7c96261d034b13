import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.js';
import { countWork } from '../store/work-counts.js';

const SECONDS_BUCKETS = [0.005, 0.025, 0.1, 0.5, 2.5, 10];

interface Timing {
  count: number;
  sum: number;
  readonly buckets: number[];
}

/** Request counts and durations by route, and what waits in the queue, in Prometheus' text format at `/metrics`. */
export function installMetrics(app: FastifyInstance, context: Context): void {
  const timings = new Map<string, Timing>();
  app.addHook('onResponse', async (request, reply) => {
    const labels = `method="${request.method}",route="${request.routeOptions.url ?? 'unknown'}",status="${reply.statusCode}"`;
    const timing = timings.get(labels) ?? { count: 0, sum: 0, buckets: SECONDS_BUCKETS.map(() => 0) };
    const seconds = reply.elapsedTime / 1000;
    timing.count += 1;
    timing.sum += seconds;
    SECONDS_BUCKETS.forEach((bound, index) => {
      if (seconds <= bound) timing.buckets[index] = (timing.buckets[index] ?? 0) + 1;
    });
    timings.set(labels, timing);
  });
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const work = await countWork(context.db, context.clock.machineNow());
    reply.type('text/plain; version=0.0.4');
    return [...requestLines(timings), ...workLines(work), ...processLines()].join('\n').concat('\n');
  });
}

function requestLines(timings: ReadonlyMap<string, Timing>): string[] {
  const name = 'tollbridge_http_request_duration_seconds';
  const lines = [`# HELP ${name} Duration of HTTP requests.`, `# TYPE ${name} histogram`];
  for (const [labels, timing] of timings) {
    SECONDS_BUCKETS.forEach((bound, index) => {
      lines.push(`${name}_bucket{${labels},le="${bound}"} ${timing.buckets[index]}`);
    });
    lines.push(`${name}_bucket{${labels},le="+Inf"} ${timing.count}`);
    lines.push(`${name}_sum{${labels}} ${timing.sum}`, `${name}_count{${labels}} ${timing.count}`);
  }
  return lines;
}

function workLines(work: Awaited<ReturnType<typeof countWork>>): string[] {
  const waiting = 'tollbridge_jobs_waiting';
  const dead = 'tollbridge_jobs_dead';
  const age = 'tollbridge_jobs_oldest_due_seconds';
  return [
    `# HELP ${waiting} Jobs that are not done yet.`,
    `# TYPE ${waiting} gauge`,
    ...work.map(({ lane, waitingCount }) => `${waiting}{lane="${lane}"} ${waitingCount}`),
    `# HELP ${dead} Jobs that gave up and wait for a person.`,
    `# TYPE ${dead} gauge`,
    ...work.map(({ lane, deadCount }) => `${dead}{lane="${lane}"} ${deadCount}`),
    `# HELP ${age} How long the oldest due job has been waiting.`,
    `# TYPE ${age} gauge`,
    ...work.map(({ lane, oldestDueSeconds }) => `${age}{lane="${lane}"} ${oldestDueSeconds}`),
  ];
}

function processLines(): string[] {
  return [
    '# HELP process_resident_memory_bytes Resident memory.',
    '# TYPE process_resident_memory_bytes gauge',
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
  ];
}
