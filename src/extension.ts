import type { ExtensionContext } from 'vscode';
import { registerAsk } from './features/ask';
import { CompletionHistory, registerCompletion } from './features/complete';
import { diagnosticsOf, type Diagnostics } from './features/diagnostics';
import { forwardDocumentEvents } from './features/documents';
import { registerToggles } from './features/enable';
import { registerLanguageModel } from './features/languageModel';
import { createLog, registerShowLog } from './features/log';
import { MemoryViewSwitch } from './features/memoryView';
import { registerPauseReading } from './features/pauseReading';
import { registerSummarize } from './features/summarize';
import { registerModel } from './features/model';
import { StatusItem } from './features/status';
import { createEngine, superviseEngine } from './features/supervision';
import { registerWelcome } from './features/welcome';
import { followWorkspace } from './features/workspace';

/** Builds the parts and wires them. The editor disposes them, last first, when the window closes. */
export function activate(context: ExtensionContext): { readonly diagnostics: Diagnostics } {
  const start = performance.now();
  const log = createLog();
  const client = createEngine(context, log);
  const history = new CompletionHistory();
  const memoryView = new MemoryViewSwitch(client, history);
  const status = new StatusItem(client, history, () => memoryView.shown !== undefined);
  const ask = registerAsk(context, client);
  context.subscriptions.push(
    log,
    registerShowLog(log),
    history,
    client,
    status,
    forwardDocumentEvents(client),
    registerCompletion(client, history, log),
    registerToggles(),
    registerPauseReading(client),
    ask.registration,
    registerSummarize(client),
    memoryView,
    registerLanguageModel(client, context.extensionUri, log),
    registerModel(context, client, log),
    registerWelcome(client),
    followWorkspace(client),
    superviseEngine(context, client),
  );
  const milliseconds = performance.now() - start;
  log.info(`Activated in ${milliseconds.toFixed(1)} ms.`);
  return { diagnostics: diagnosticsOf(milliseconds, client, history, status, memoryView) };
}
