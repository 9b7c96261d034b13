import type { SandboxRequest } from '@tollbridge/sandbox';
import type { World } from '@tollbridge/simulation';

export interface LateRequest {
  readonly method: string;
  readonly path: string;
  /** How long after it was sent it arrives; whoever sent it has given it up at once. */
  readonly lateMilliseconds: number;
}

/** The next such request is lost from sight on its way to Stripe, and arrives there all the same. */
export function arrivesLate(world: World, { method, path, lateMilliseconds }: LateRequest): void {
  const { sandbox, clock } = world;
  const { handle, tick } = sandbox;
  let isNext = true;
  let underWay: { readonly request: SandboxRequest; readonly arrivesAt: number } | null = null;
  const arrive = () => {
    if (underWay === null || underWay.arrivesAt > clock.machineNow()) return;
    const { request } = underWay;
    underWay = null;
    handle(request);
  };
  sandbox.tick = (nowMs) => {
    arrive();
    tick(nowMs);
  };
  sandbox.handle = (request) => {
    arrive();
    if (!isNext || request.method !== method || request.url !== path) return handle(request);
    isNext = false;
    underWay = { request, arrivesAt: clock.machineNow() + lateMilliseconds };
    return { kind: 'cut', delayMs: 0 };
  };
}
