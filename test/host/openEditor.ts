import { findCodeExecutable } from './codeExecutable';
import { openDesktopEditor } from './desktopEditor';
import { openServedEditor, type EditorOptions, type OpenEditor } from './servedEditor';

/** Opens the desktop VS Code where there is one, else the served one. */
export async function openEditor(options: EditorOptions): Promise<OpenEditor> {
  const code = await findCodeExecutable();
  options.report(`  in ${code.kind} VS Code, for ${code.reason}`);
  return code.kind === 'desktop' ? openDesktopEditor(code.path, options) : openServedEditor(options);
}
