import * as vscode from 'vscode';

/**
 * The editor's language model API as far as it is there: editors differ, and `@types/vscode` is that of the oldest one
 * supported. A provider of models can be registered from 1.104 on.
 */
export interface ChatModelInformation {
  readonly id: string;
  readonly name: string;
  readonly family: string;
  readonly version: string;
  readonly detail: string;
  readonly tooltip: string;
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
  readonly capabilities: { readonly toolCalling: boolean; readonly imageInput: boolean };
}

export interface ChatRequestMessage {
  readonly role: vscode.LanguageModelChatMessageRole;
  /** Text, tool calls, pictures and whatever later versions add. */
  readonly content: readonly unknown[];
}

export interface ChatModelProvider {
  readonly onDidChangeLanguageModelChatInformation: vscode.Event<void>;
  provideLanguageModelChatInformation(options: unknown, token: vscode.CancellationToken): ChatModelInformation[];
  provideLanguageModelChatResponse(
    model: ChatModelInformation,
    messages: readonly ChatRequestMessage[],
    options: { readonly modelOptions?: Readonly<Record<string, unknown>> },
    progress: vscode.Progress<vscode.LanguageModelTextPart>,
    token: vscode.CancellationToken,
  ): Promise<void>;
  provideTokenCount(model: ChatModelInformation, text: string | ChatRequestMessage, token: vscode.CancellationToken): Promise<number>;
}

export type RegisterProvider = (vendor: string, provider: ChatModelProvider) => vscode.Disposable;

/** What is read of the editor's API. */
export interface Host {
  readonly lm?: Partial<Pick<typeof vscode.lm, 'registerTool'>> & { readonly registerLanguageModelChatProvider?: RegisterProvider };
  readonly chat?: Partial<Pick<typeof vscode.chat, 'createChatParticipant'>>;
}

/** What this editor offers; whatever is undefined it does not have. */
export function languageModelHost({ lm, chat }: Host = vscode): { readonly registerProvider?: RegisterProvider; readonly registerTool?: typeof vscode.lm.registerTool; readonly createParticipant?: typeof vscode.chat.createChatParticipant } {
  return {
    ...(typeof lm?.registerLanguageModelChatProvider === 'function' ? { registerProvider: lm.registerLanguageModelChatProvider.bind(lm) } : {}),
    ...(typeof lm?.registerTool === 'function' ? { registerTool: lm.registerTool.bind(lm) } : {}),
    ...(typeof chat?.createChatParticipant === 'function' ? { createParticipant: chat.createChatParticipant.bind(chat) } : {}),
  };
}
