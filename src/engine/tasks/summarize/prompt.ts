/** Short, since a small model forgets long instructions. */
export const systemText = 'You explain source code to a programmer in plain, short sentences. Say only what the code shows.';

const mostNames = 24;

/** @param names of what the file declares */
export function fileQuestion(path: string, text: string, names: readonly string[]): string {
  const declared = names.slice(0, mostNames).join(', ');
  return `${path}\n\`\`\`\n${text}\n\`\`\`\n${declared === '' ? '' : `It declares: ${declared}.\n`}What is this file for? Answer in two or three sentences.`;
}

export function partQuestion(name: string, code: string): string {
  return `\`\`\`\n${code}\n\`\`\`\nWhat does ${name} do? Answer in one short sentence.`;
}
