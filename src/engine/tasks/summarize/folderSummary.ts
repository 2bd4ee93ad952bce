import type { AnswerResult, SummarizeFolderRequest } from '../../../protocol';
import type { Grammars, InnerFolder } from '../../workspace';
import { outlineFolder, type OutlinedFile } from './folderFiles';
import { escapeMarkdown, fileLine } from './markdownParts';
import { linkPath } from './linkPath';
import { writeWords, type Writer } from './writeWords';

/** Tokens of the paragraph, and of the line about a file. */
const longest = { purpose: 120, file: 32 };
/** Files that the model says a line about, the longest first: a second or two each on two cores. */
const mostExplained = 12;
/** Characters of the list of files that the paragraph is written from. */
const longestList = 3_000;
/** Names of a file in that list. */
const namesInList = 6;

/** The overview of a folder in the making: first what it is for, then its files, folder by folder. */
export class FolderSummary {
  constructor(private readonly request: SummarizeFolderRequest, private readonly folder: InnerFolder, private readonly writer: Writer) {}

  /** @throws the signal's reason when aborted */
  async write(grammars: Grammars): Promise<AnswerResult> {
    const { request: { path }, folder, writer: { tally, signal, model: { context } } } = this;
    const { files, inAll } = await outlineFolder(folder, grammars, signal, (done) => tally.tell({ kind: 'stage', stage: 'workspace', done }));
    tally.read = { ...tally.read, files: inAll };
    if (files.length === 0) return tally.result({ kind: 'not-found', reason: 'There is no file in this folder that may be read.' }, context.cache);
    const name = path === '' ? 'this workspace' : path;
    this.say(`# ${escapeMarkdown(path === '' ? 'The workspace' : `${path}/`)}\n\n${files.length === inAll ? `${inAll} files` : `The first ${files.length} of ${inAll} files`}.\n\n`);
    await this.ask(`The folder ${name} has these files:\n${listOf(files)}\nWhat is this folder for? Answer in two or three sentences.`, longest.purpose, false, (words) => this.say(escapeMarkdown(words)));
    this.say('\n');
    await this.tellFiles(files);
    if (files.length < inAll) this.say(`\nAnd ${inAll - files.length} more files.\n`);
    return tally.result({ kind: 'answered', ending: 'model' }, context.cache);
  }

  private async tellFiles(files: readonly OutlinedFile[]): Promise<void> {
    const { request, writer: { tally } } = this;
    const explained = new Set(files.filter(({ comment }) => comment === '').sort((a, b) => b.lines - a.lines).slice(0, mostExplained));
    let told: string | undefined;
    // A folder's own files come together, before those of the folders in it.
    const inFolders = [...files].sort((a, b) => (folderOf(a) < folderOf(b) ? -1 : Number(folderOf(a) > folderOf(b))));
    for (const [done, file] of inFolders.entries()) {
      tally.tell({ kind: 'stage', stage: 'writing', done, count: files.length });
      const folder = folderOf(file);
      if (folder !== told) this.say(`\n## ${folder === '' ? 'Files' : escapeMarkdown(`${folder}/`)}\n\n`);
      told = folder;
      const path = request.path === '' ? file.path : `${request.path}/${file.path}`;
      const purpose = explained.has(file) ? await this.explain(file) : file.comment;
      this.say(fileLine(file, purpose, `${request.linkPrefix}${linkPath(path)}`));
      const reference = { text: file.path, path, startLine: 1, endLine: Math.max(1, file.lines) };
      tally.refer([reference], [...tally.references, reference]);
    }
  }

  private explain({ path, head, parts }: OutlinedFile): Promise<string> {
    const names = parts.slice(0, 2 * namesInList).map(({ name }) => name).join(', ');
    return this.ask(`${path}\n\`\`\`\n${head}\n\`\`\`\n${names === '' ? '' : `It declares: ${names}.\n`}What is this file for? Answer in one short sentence.`, longest.file, true, () => undefined);
  }

  /** Each question by itself: what was said of one file does not lead the words about the next. */
  private async ask(question: string, maxTokens: number, oneLine: boolean, onWords: (words: string) => void): Promise<string> {
    const { template } = this.writer.model;
    const text = Int32Array.from([...template.turn('user', question), ...template.open('assistant')]);
    return (await writeWords(this.writer, { document: `folder ${this.request.path}`, text, maxTokens, oneLine }, onWords)).text.trim();
  }

  private say(text: string): void {
    const { tally } = this.writer;
    tally.grow(tally.text + text);
  }
}

function folderOf({ path }: OutlinedFile): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function listOf(files: readonly OutlinedFile[]): string {
  const lines: string[] = [];
  let length = 0;
  for (const { path, comment, parts } of files) {
    const about = comment || parts.slice(0, namesInList).map(({ name }) => name).join(', ');
    const line = about === '' ? path : `${path}: ${about}`;
    length += line.length + 1;
    if (length > longestList) break;
    lines.push(line);
  }
  return lines.join('\n');
}
