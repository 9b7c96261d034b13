import type { Context } from '../context.js';
import type { JobUnderWay } from './jobs-under-way.js';

/** The job is somebody else's by now: whoever did it stops where he is, and nothing of it is written. */
export class LeaseLost extends Error {
  constructor() {
    super('the lease of this job was lost');
    this.name = 'LeaseLost';
  }
}

/** The same world for one job, whose ways out to Stripe and to hosts close when its lease is gone. */
export function whileOurs(context: Context, underWay: JobUnderWay): Context {
  const { stripe, hosts, clock } = context;
  const jobs = context.underWay;
  const demandLease = () => {
    if (!jobs.isOurs(underWay, clock.machineNow())) throw new LeaseLost();
  };
  return {
    ...context,
    stripe: {
      ...stripe,
      async clientIdOf(platform, application) {
        demandLease();
        return stripe.clientIdOf(platform, application);
      },
      async call(access, use) {
        demandLease();
        return stripe.call(access, use);
      },
    },
    hosts: {
      async send(request) {
        demandLease();
        return hosts.send(request);
      },
    },
  };
}
