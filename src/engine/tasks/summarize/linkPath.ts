/** A path as it stands in a Markdown link. */
export function linkPath(path: string): string {
  return encodeURI(path).replace(/[()#?]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}
