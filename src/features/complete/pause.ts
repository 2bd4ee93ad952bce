import type { CancellationToken } from 'vscode-jsonrpc/node';

/** Waits. @returns false as soon as the token is cancelled, true when the time is over */
export function pause(milliseconds: number, token: CancellationToken): Promise<boolean> {
  if (token.isCancellationRequested) return Promise.resolve(false);
  if (milliseconds <= 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = (inTime: boolean) => {
      clearTimeout(timer);
      cancellation.dispose();
      resolve(inTime);
    };
    const timer = setTimeout(finish, milliseconds, true);
    const cancellation = token.onCancellationRequested(() => finish(false));
  });
}
