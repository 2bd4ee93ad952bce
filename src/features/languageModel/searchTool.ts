import * as vscode from 'vscode';
import type { AnsweringClient } from '../../client';
import { describeSearch } from './describeSearch';

export const searchToolName = 'searchWorkspaceMemory';

interface Input {
  readonly query: string;
  readonly limit?: number;
}

const defaultLimit = 8;
const mostSegments = 20;
const mostCharacters = 12_000;
/** Of a token, where the asker has a budget of tokens. */
const charactersOfToken = 3;

/** Lets language models find code of the workspace, as completions and questions find it. */
export class SearchTool implements vscode.LanguageModelTool<Input> {
  constructor(private readonly client: AnsweringClient) {}

  prepareInvocation({ input: { query } }: vscode.LanguageModelToolInvocationPrepareOptions<Input>): vscode.PreparedToolInvocation {
    return { invocationMessage: `Searching the workspace for "${query}"` };
  }

  async invoke({ input: { query, limit = defaultLimit }, tokenizationOptions }: vscode.LanguageModelToolInvocationOptions<Input>, token: vscode.CancellationToken): Promise<vscode.LanguageModelToolResult> {
    const budget = tokenizationOptions === undefined ? mostCharacters : Math.min(mostCharacters, tokenizationOptions.tokenBudget * charactersOfToken);
    const found = await this.client.search({ question: query, limit: Math.max(1, Math.min(mostSegments, Math.round(limit))), mostCharacters: budget }, token);
    return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(describeSearch(query, found))]);
  }
}
