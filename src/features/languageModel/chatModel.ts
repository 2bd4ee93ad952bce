import * as vscode from 'vscode';
import type { AnsweringClient, EngineClient } from '../../client';
import type { ChatModelInformation, ChatModelProvider, ChatRequestMessage } from './host';
import { chatMessages, samplingOf, textOf } from './messages';

/** The model reads any length; two seconds for 1,000 tokens on two cores make more than this no pleasure. */
const maxInputTokens = 16_384;
const maxOutputTokens = 1_024;
/** Characters of a token of code, where no engine can count: rather too few than too many. */
const charactersOfToken = 3;

/** The model for other extensions: through the bounded state of conversations, behind completions. */
export class ChatModel implements ChatModelProvider, vscode.Disposable {
  readonly #change = new vscode.EventEmitter<void>();
  readonly onDidChangeLanguageModelChatInformation = this.#change.event;
  readonly #subscription: { dispose(): void };

  constructor(private readonly client: EngineClient & AnsweringClient) {
    this.#subscription = client.onDidChangeState(({ kind }) => {
      if (kind === 'ready' || kind === 'failed') this.#change.fire();
    });
  }

  /** None while the engine cannot run. */
  provideLanguageModelChatInformation(): ChatModelInformation[] {
    const { state } = this.client;
    if (state.kind === 'failed') return [];
    return [{
      id: 'sparsek-code',
      name: 'SparseK Code',
      family: 'sparsek-code',
      version: state.kind === 'ready' ? state.info.model.packVersion : 'local',
      detail: 'on this machine',
      tooltip: 'A small model that runs on this machine in a fixed amount of memory. Nothing leaves it.',
      maxInputTokens,
      maxOutputTokens,
      capabilities: { toolCalling: false, imageInput: false },
    }];
  }

  /** @throws Error with the reason when there is no answer */
  async provideLanguageModelChatResponse(
    _model: unknown, messages: readonly ChatRequestMessage[], { modelOptions }: { readonly modelOptions?: Readonly<Record<string, unknown>> },
    progress: vscode.Progress<vscode.LanguageModelTextPart>, token: vscode.CancellationToken,
  ): Promise<void> {
    const request = { method: 'chat', messages: chatMessages(messages), ...samplingOf(modelOptions, maxOutputTokens) } as const;
    const { outcome } = await this.client.answer(request, (part) => {
      if (part.kind === 'text') progress.report(new vscode.LanguageModelTextPart(part.text));
    }, token);
    if (outcome.kind === 'not-ready') throw new Error(outcome.reason);
  }

  async provideTokenCount(_model: unknown, text: string | ChatRequestMessage): Promise<number> {
    const plain = typeof text === 'string' ? text : textOf(text.content);
    return await this.client.countTokens(plain) ?? Math.ceil(plain.length / charactersOfToken);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#change.dispose();
  }
}
