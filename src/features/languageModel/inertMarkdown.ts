/**
 * A text that a model writes, made inert piece by piece: outside of code nothing of it becomes a link, a picture or HTML.
 * The editor's chat would make links of addresses even without brackets.
 */
export class InertMarkdown {
  /** Backticks that may go on in the next piece. */
  private pending = '';
  /** Backticks that began the code which the text is in. */
  private fence = '';

  /** @returns what can be shown by now */
  push(piece: string): string {
    const text = this.pending + piece;
    this.pending = /`*$/.exec(text)?.[0] ?? '';
    return this.convert(text.slice(0, text.length - this.pending.length));
  }

  /** What was held back. */
  end(): string {
    const rest = this.convert(this.pending);
    this.pending = '';
    return rest;
  }

  private convert(text: string): string {
    return text.split(/(`+)/).map((part) => {
      if (!part.startsWith('`')) return this.fence === '' ? part.replace(/[[\]<!]|:(?=\/)|www\./g, (found) => (found === 'www.' ? 'www\\.' : `\\${found}`)) : part;
      if (this.fence === '') this.fence = part;
      else if (this.fence === part) this.fence = '';
      return part;
    }).join('');
  }
}
