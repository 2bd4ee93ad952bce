/** What the extension gives to the editor's own chat and to other extensions, where the editor has such. */
import * as vscode from 'vscode';
import type { AnsweringClient, EngineClient, Log } from '../../client';
import { ChatModel } from './chatModel';
import { languageModelHost } from './host';
import { answerInChat, participantId } from './participant';
import { SearchTool, searchToolName } from './searchTool';

/** As package.json contributes it. */
const vendor = 'sparsek';

export function registerLanguageModel(client: EngineClient & AnsweringClient, extension: vscode.Uri, log: Log): vscode.Disposable {
  const { registerProvider, registerTool, createParticipant } = languageModelHost();
  const registrations: { dispose(): void }[] = [];
  const absent: string[] = [];
  if (registerTool === undefined) absent.push('tools for language models');
  else registrations.push(registerTool(searchToolName, new SearchTool(client)));
  if (registerProvider === undefined) absent.push('models for other extensions');
  else {
    const model = new ChatModel(client);
    registrations.push(model, registerProvider(vendor, model));
  }
  if (createParticipant === undefined) absent.push('chat participants');
  else {
    const participant = createParticipant(participantId, answerInChat(client));
    participant.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.png');
    registrations.push(participant);
  }
  if (absent.length > 0) log.info(`This editor has no ${absent.join(', no ')}: nothing is registered there.`);
  return vscode.Disposable.from(...registrations);
}
