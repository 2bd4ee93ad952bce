import type { DocumentMemory, MemoryView, MemoryViewRequest, SegmentInMemory } from '../../../protocol';
import type { Document, Documents } from '../../documents';
import type { Contexts, RecalledSegment } from '../../memory';
import type { ModelManifest, Vocabulary } from '../../model';
import { documentLines } from './documentLines';
import { presentMemory, type PresentMemory } from './presentMemory';
import { segmentInMemory, type SegmentOrigin } from './segmentsInMemory';

/** What is known of the workspace behind the segments. */
export interface ViewedWorkspace {
  /** Undefined for one that is not known any more. @param document that the memory was made for */
  originOf(segment: RecalledSegment, document: string): Promise<SegmentOrigin | undefined>;
}

/** Tells what the memory holds, down to the line: looks, and changes nothing. */
export class MemoryViewer {
  constructor(
    private readonly manifest: Pick<ModelManifest, 'geometry' | 'memory'>,
    private readonly vocabulary: Vocabulary,
    private readonly documents: Documents,
    private readonly contexts: Pick<Contexts, 'cache' | 'recalled' | 'document'>,
    private readonly workspace: ViewedWorkspace | undefined,
  ) {}

  async view({ uris, detail }: MemoryViewRequest): Promise<MemoryView> {
    const { layers, keyValueHeads } = this.manifest.geometry;
    const memory = await presentMemory(this.contexts, this.manifest);
    const documents = uris.flatMap((uri) => this.documentMemory(memory, uri, detail) ?? []);
    const segments = await this.segmentsIn(memory, detail);
    return { documents, segments, entries: memory.entries, capacity: memory.capacity, layers, keyValueHeads };
  }

  private documentMemory(memory: PresentMemory, uri: string, detail: MemoryViewRequest['detail']): DocumentMemory | undefined {
    const opened = this.documents.get(uri);
    const content = this.textOf(uri);
    if (opened === undefined || content === undefined) return undefined;
    const { version } = opened;
    if (uri !== memory.document) return { uri, version, lines: [], readTo: 0, share: 0 };
    return { uri, version, ...documentLines(memory, content, this.vocabulary, detail) };
  }

  private async segmentsIn(memory: PresentMemory, detail: MemoryViewRequest['detail']): Promise<SegmentInMemory[]> {
    const { recalled, document } = memory;
    const found: SegmentInMemory[] = [];
    for (const [i, segment] of recalled.segments.entries()) {
      const origin = await this.workspace?.originOf(segment, document);
      if (origin === undefined) continue;
      // A part of the open file counts as the editor has it, saved or not.
      const now = origin.why === undefined ? { ...origin, text: this.textOf(document)?.text } : origin;
      found.push(segmentInMemory(segment, recalled.firstSource(i), now, memory, this.vocabulary, detail));
    }
    return [...found.filter(({ why }) => why !== undefined).reverse(), ...found.filter(({ why }) => why === undefined)];
  }

  private textOf(uri: string): Document | undefined {
    const content = this.documents.get(uri)?.content;
    return content === undefined || 'unreadable' in content || content.isBinary ? undefined : content;
  }
}
