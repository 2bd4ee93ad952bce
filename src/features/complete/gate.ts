import type { CompletionOutcome } from '../../protocol';
import { isOn, type Switches } from '../switches';
import type { DoNotRead } from './doNotRead';

/** A place at which a completion is asked, before anything of it is read. */
export interface Place {
  readonly scheme: string;
  /** Every path that leads to the file, absolute with forward slashes: its own and the one behind symbolic links. */
  readonly paths: readonly string[];
  readonly languageId: string;
  readonly isWritable: boolean;
  /** Cursors in the editor. */
  readonly cursors: number;
  /** Length of the document, UTF-16 units. */
  readonly characters: number;
}

export interface GateSettings {
  readonly enable: boolean;
  readonly languages: Switches;
  readonly doNotRead: DoNotRead;
}

/** Documents that a person edits. Output panes, commit boxes, consoles, diffs against history and the like are others. */
export const editedSchemes: readonly string[] = ['file', 'untitled', 'vscode-remote', 'vscode-vfs', 'vscode-notebook-cell'];

/** Where the editor itself begins to treat a file as large. The document goes to the engine in one message. */
const mostCharacters = 20_000_000;

export interface Silence {
  readonly outcome: CompletionOutcome;
  /** Whether the engine must not hold the document either; else the reason may soon be gone, and what was read is kept. */
  readonly takeBack: boolean;
}

/** Why nothing may be asked here; undefined when something may. Lasting reasons come before passing ones. */
export function whySilent(place: Place, settings: GateSettings): Silence | undefined {
  if (!settings.enable) return closed('Completions are switched off (setting "sparsek.enable").');
  if (!editedSchemes.includes(place.scheme)) return closed(`Documents of the kind "${place.scheme}" are not completed.`);
  const glob = place.paths.map((path) => settings.doNotRead.forbiddenBy(path)).find((found) => found !== undefined);
  if (glob !== undefined) return closed(`The file must not be read: it matches "${glob}" of the setting "sparsek.doNotRead".`);
  if (!isOn(settings.languages, place.languageId)) {
    return closed(`Completions are switched off for the language "${place.languageId}" (setting "sparsek.languages").`);
  }
  if (place.characters > mostCharacters) {
    const reason = `The document is longer than ${mostCharacters / 1e6} million characters.`;
    return { outcome: { kind: 'unreadable', reason }, takeBack: true };
  }
  if (!place.isWritable) return forNow('The document is read-only.');
  if (place.cursors > 1) return forNow('There are several cursors.');
  return undefined;
}

function closed(reason: string): Silence {
  return { outcome: { kind: 'disabled', reason }, takeBack: true };
}

function forNow(reason: string): Silence {
  return { outcome: { kind: 'disabled', reason }, takeBack: false };
}
