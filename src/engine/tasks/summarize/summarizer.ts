import type { AnswerPart, AnswerResult, SummarizeFolderRequest, SummarizeRequest } from '../../../protocol';
import type { Grammars, InnerFolder } from '../../workspace';
import { AnswerTally, type ChatModel } from '../chat';
import { FolderSummary } from './folderSummary';
import { systemText } from './prompt';
import { Summary } from './summary';
import type { Writer } from './writeWords';

/**
 * Summarizes a file of any length. All of it is read through the bounded memory; then the model writes what it is for, and a
 * line about each large part that no comment explains. Names, lines and dependencies are taken from the syntax, not from the
 * model: what is linked exists.
 */
export class Summarizer {
  private readonly system: Int32Array;

  constructor(private readonly model: ChatModel) {
    this.system = Int32Array.from(model.template.turn('system', systemText));
  }

  /** A cancelled summary keeps what was written. */
  async summarize(request: SummarizeRequest, grammars: Grammars, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    return this.write(request.id, signal, send, (writer) => new Summary(request, writer).write(grammars));
  }

  /** An overview of a folder's files. A cancelled one keeps what was written. */
  async summarizeFolder(request: SummarizeFolderRequest, folder: InnerFolder, grammars: Grammars, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    return this.write(request.id, signal, send, (writer) => new FolderSummary(request, folder, writer).write(grammars));
  }

  private async write(id: string, signal: AbortSignal, send: (part: AnswerPart) => void, write: (writer: Writer) => Promise<AnswerResult>): Promise<AnswerResult> {
    const tally = new AnswerTally(id, send);
    try {
      return await write({ model: this.model, system: this.system, tally, signal });
    } catch (error) {
      if (!signal.aborted) throw error;
      return tally.result({ kind: 'cancelled' }, this.model.context.cache);
    }
  }
}
