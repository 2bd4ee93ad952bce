/** Why a completion is what it is. A silent nothing is never silent about its reason. */
export type CompletionOutcome =
  | { readonly kind: 'completed' }
  /** The model ended at once: it has nothing to add here. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'cancelled' }
  /** The model wrote something that a filter withheld; `rule` is the filter's name. */
  | { readonly kind: 'filtered'; readonly rule: string }
  | { readonly kind: 'not-ready'; readonly reason: string }
  /** Switched off here: by the person, for the language, or because the file must not be read. */
  | { readonly kind: 'disabled'; readonly reason: string }
  /** The document cannot be completed in: binary, too large, vanished. */
  | { readonly kind: 'unreadable'; readonly reason: string };

export type CompletionOutcomeKind = CompletionOutcome['kind'];
