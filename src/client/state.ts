import type { EngineInfo, LoadProgress, Problem } from '../protocol';

/** Where the engine stands, as the status item tells it. */
export type EngineState =
  /** Not wanted yet, or switched off; or unloaded, since nobody has used it for a while, until somebody does. */
  | { readonly kind: 'stopped'; readonly isUnloaded?: boolean }
  | { readonly kind: 'starting'; readonly progress?: LoadProgress }
  | { readonly kind: 'ready'; readonly info: EngineInfo }
  /** It ended by itself and is started again after a pause. */
  | { readonly kind: 'restarting'; readonly because: string }
  /** Only a person can help: nothing is tried until they restart it or change a setting. */
  | { readonly kind: 'failed'; readonly problem: Problem };

/** Whether waiting may help. */
export function isOnTheWay(state: EngineState): boolean {
  return state.kind === 'starting' || state.kind === 'restarting';
}
