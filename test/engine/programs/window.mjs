// A window in a process of its own: joins the engine, says its process id when it is ready, and stays.
import { register } from 'tsx/esm/api';

register();
const { openWindow } = await import('../sharingWindow.ts');
const window = openWindow(JSON.parse(process.argv[2]));
window.client.onDidChangeState(({ kind }) => {
  if (kind === 'ready') console.log(window.client.processId);
});
window.client.start();
