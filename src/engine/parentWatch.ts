const everyMilliseconds = 1000;

/**
 * Notices that the process that started this one is gone, however it died. The closed input usually tells first; but the
 * pipe can be held open by another child of the dead parent.
 *
 * @param parent process id of the parent
 * @returns stops watching
 */
export function watchParent(parent: number, onGone: () => void): () => void {
  const timer = setInterval(() => {
    if (!isRunning(parent) || (process.platform !== 'win32' && process.ppid !== parent)) onGone();
  }, everyMilliseconds);
  timer.unref();
  return () => clearInterval(timer);
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // The process is there but belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
