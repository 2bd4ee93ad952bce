import type { ChatMessage } from '../../protocol';

const roles: Readonly<Partial<Record<number, ChatMessage['role']>>> = { 1: 'user', 2: 'assistant', 3: 'system' };

/** The text of a message's parts: of a tool's result too, but of no picture. */
export function textOf(content: readonly unknown[]): string {
  return content.map(textOfPart).join('');
}

/** What the model can read of another extension's messages. */
export function chatMessages(messages: readonly { readonly role: number; readonly content: readonly unknown[] }[]): ChatMessage[] {
  return messages.map(({ role, content }) => ({ role: roles[role] ?? 'user', text: textOf(content) })).filter(({ text }) => text !== '');
}

function textOfPart(part: unknown): string {
  if (typeof part === 'string') return part;
  if (typeof part !== 'object' || part === null) return '';
  if ('value' in part && typeof part.value === 'string') return part.value;
  return 'content' in part && Array.isArray(part.content) ? textOf(part.content) : '';
}

/** What another extension asks for, within what is sensible. */
export function samplingOf(options: Readonly<Record<string, unknown>> | undefined, most: number) {
  const number = (name: string, fallback: number, greatest: number) => {
    const value = options?.[name];
    return typeof value === 'number' && value >= 0 && value <= greatest ? value : fallback;
  };
  return {
    sampling: { temperature: number('temperature', 0, 2), topP: number('top_p', 1, 1) },
    maxTokens: Math.max(1, Math.round(number('max_tokens', most, most))),
  };
}
