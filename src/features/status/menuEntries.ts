import { commands } from '../commands';

export interface MenuEntry {
  /** With the editor's icons. */
  readonly label: string;
  readonly description?: string;
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

export interface MenuInput {
  /** Whether completions are on in the window. */
  readonly enabled: boolean;
  /** Of the document that is looked at. */
  readonly language: string | undefined;
  readonly memoryIsShown: boolean;
  readonly readingIsPaused: boolean;
}

export interface MenuGroup {
  readonly name: string;
  readonly entries: readonly MenuEntry[];
}

/** What can be done from the status item, in groups. */
export function menuGroups({ enabled, language, memoryIsShown, readingIsPaused }: MenuInput): MenuGroup[] {
  return [
    {
      name: 'Completions',
      entries: [
        enabled
          ? { label: '$(debug-pause) Pause', description: 'switches completions off and ends the engine', command: commands.toggle }
          : { label: '$(sparkle) Switch completions on', command: commands.toggle },
        ...(language === undefined ? [] : [{ label: `$(code) Switch completions on or off for ${language}`, command: commands.toggleLanguage }]),
        { label: '$(question) Explain last completion', command: commands.explain },
      ],
    },
    {
      name: 'Model',
      entries: [
        memoryIsShown
          ? { label: '$(eye-closed) Hide what the model remembers', command: commands.hideMemory }
          : { label: '$(eye) Show what the model remembers', command: commands.showMemory },
        readingIsPaused
          ? { label: '$(debug-continue) Resume reading in the background', command: commands.toggleReading }
          : { label: '$(debug-pause) Pause reading in the background', description: 'completions go on with what is read', command: commands.toggleReading },
        { label: '$(comment-discussion) Ask about this repo', command: commands.ask },
        ...(language === undefined ? [] : [{ label: '$(list-unordered) Summarize this file', command: commands.summarizeFile }]),
      ],
    },
    {
      name: 'Engine',
      entries: [
        { label: '$(debug-restart) Restart engine', command: commands.restart },
        { label: '$(folder-opened) Import model…', description: 'from the folder of a model pack', command: commands.importModel },
        { label: '$(output) Show log', command: commands.showLog },
        { label: '$(book) Get started', command: commands.getStarted },
        { label: '$(settings-gear) Settings: model, device, memory', command: 'workbench.action.openSettings', arguments: ['@ext:sparsek.sparsek-code'] },
      ],
    },
  ];
}
