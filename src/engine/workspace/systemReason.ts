/** What the system said about a failed file operation: its code, such as `EACCES`, or the message. */
export function systemReason(error: unknown): string {
  if (error instanceof Error) return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  return String(error);
}
