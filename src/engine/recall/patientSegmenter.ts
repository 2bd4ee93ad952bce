import { letEventsIn, Segmenter, type Grammars, type Segment, type TokenEncoder } from '../workspace';

/** Cuts a file only when it may, slice by slice: reading a workspace takes long, and a keystroke does not wait for it. */
export class PatientSegmenter extends Segmenter {
  constructor(encoder: TokenEncoder, grammars: Grammars, turn: () => Promise<void>) {
    super(encoder, grammars, async () => {
      await letEventsIn();
      await turn();
    });
  }

  override async segment(path: string, text: string): Promise<Segment[]> {
    await this.pause();
    return super.segment(path, text);
  }
}
