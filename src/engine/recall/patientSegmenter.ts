import { Segmenter, type Grammars, type Segment, type TokenEncoder } from '../workspace';

/** Cuts a file only when it may: reading a workspace takes long, and a keystroke does not wait for it. */
export class PatientSegmenter extends Segmenter {
  constructor(encoder: TokenEncoder, grammars: Grammars, private readonly turn: () => Promise<void>) {
    super(encoder, grammars);
  }

  override async segment(path: string, text: string): Promise<Segment[]> {
    await this.turn();
    return super.segment(path, text);
  }
}
