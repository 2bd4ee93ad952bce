import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Ends a process and all that it started, at once. On POSIX the process must lead a process group of its own (started
 * `detached`); the group is ended, which also works when the leader is gone and others are left.
 */
export function killTree(pid: number): void {
  if (process.platform === 'win32') {
    // By its full path: nothing on PATH may stand in for it.
    const taskkill = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'taskkill.exe');
    spawnSync(taskkill, ['/pid', String(pid), '/T', '/F'], { windowsHide: true, stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}
