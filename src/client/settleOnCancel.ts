import type { CancellationToken } from 'vscode-jsonrpc/node';

export interface CancelledAnswer<Result> {
  /** The answer once the token is cancelled. */
  readonly cancelled: Result;
  /** How long the other side may take to wind up a cancelled request, milliseconds. */
  readonly grace: number;
  /** It took longer. */
  readonly onOverdue: () => void;
}

/** Settles with the answer or, at once, when the token is cancelled; whoever answers then is only watched to do so. */
export function settleOnCancel<Result>(
  answer: Promise<Result>,
  token: CancellationToken,
  { cancelled, grace, onOverdue }: CancelledAnswer<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    let overdue: NodeJS.Timeout | undefined;
    const cancel = () => {
      // A token that was cancelled before tells it twice: here and to whoever registers.
      overdue ??= setTimeout(onOverdue, grace).unref();
      resolve(cancelled);
    };
    const registration = token.onCancellationRequested(cancel);
    if (token.isCancellationRequested) cancel();
    answer.then(resolve, reject).finally(() => {
      clearTimeout(overdue);
      registration.dispose();
    });
  });
}
