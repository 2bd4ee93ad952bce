import type { ModelManifest, Tokenizer } from '../../model';

export type Role = 'system' | 'user' | 'assistant';

/** The base model's chat format: `<|im_start|>role`, a line break, the text, `<|im_end|>`, a line break. */
export class ChatTemplate {
  constructor(private readonly tokenizer: Tokenizer, private readonly special: ModelManifest['specialTokens']) {}

  /** A whole turn. Markers in the text are plain characters: no text can end its turn. */
  turn(role: Role, text: string): number[] {
    return [...this.open(role, text), ...this.close()];
  }

  /** A turn that is written on. */
  open(role: Role, text = ''): number[] {
    return [this.special.imStart, ...this.tokenizer.encode(`${role}\n`), ...this.tokenizer.encode(text)];
  }

  close(): number[] {
    return [this.special.imEnd, ...this.tokenizer.encode('\n')];
  }
}
