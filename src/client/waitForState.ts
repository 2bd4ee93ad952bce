import type { CancellationToken, Event } from 'vscode-jsonrpc/node';

export interface Observable<State> {
  readonly state: State;
  readonly onDidChangeState: Event<State>;
}

/** Waits until the state passes a test, the token is cancelled or the time is over. @returns the state at that moment */
export function waitForState<State>(
  observed: Observable<State>,
  passes: (state: State) => boolean,
  token: CancellationToken,
  milliseconds: number,
): Promise<State> {
  if (passes(observed.state) || token.isCancellationRequested) return Promise.resolve(observed.state);
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      change.dispose();
      cancellation.dispose();
      resolve(observed.state);
    };
    const timer = setTimeout(finish, milliseconds);
    const change = observed.onDidChangeState((state) => {
      if (passes(state)) finish();
    });
    const cancellation = token.onCancellationRequested(finish);
  });
}
