import type { TextDocument } from 'vscode';
import { readCompletionSettings } from '../settings';
import { DoNotRead } from './doNotRead';
import { editedSchemes, whySilent } from './gate';
import { placeOf } from './query';

/** Why nothing of a document goes to the engine, for as long as the settings are as they are; undefined where it may. */
export async function whyNotRead(document: TextDocument): Promise<string | undefined> {
  if (!editedSchemes.includes(document.uri.scheme)) return undefined;
  const settings = readCompletionSettings(document);
  const silence = whySilent(await placeOf(document), { ...settings, doNotRead: new DoNotRead(settings.doNotRead) });
  return silence?.takeBack === true && 'reason' in silence.outcome ? silence.outcome.reason : undefined;
}
