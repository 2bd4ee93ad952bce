"""The model and its bounded memory in plain PyTorch, fp32: what every engine must reproduce.

Semantics, in words. `K` memory entries, `W` window tokens, `C` chunk tokens; `W` is a multiple of `C`.

State. One key/value cache per layer, slots `0 .. length-1`, the same length in every layer:

    sink (4 tokens) | memory (at most K entries) | live (everything after it)

A token's position is its slot: keys are stored rotated to their slot, a query is rotated to the slot its own token takes.
Each slot also holds, per layer and KV head, the entry's score and its source index. Within the memory every KV head of
every layer holds its own choice of tokens; in the sink and the live part all hold the same token.

Forward. T tokens take slots `length .. length+T-1`. Token i attends to every slot before it and to itself. Its score is
`u = W2 silu(W1 x + b1) + b2`, x = the attention-normed hidden state (the input of q, k, v); all of it fp32. A score is
computed once and never changes. Source indices count the tokens of the document (its first token is 0); sink tokens have
none and never compete.

Compaction(evicted, keep). Per layer and KV head, the entries of the memory and the evicted slots form one set; the `keep`
entries with the highest scores stay (all, if there are fewer), the higher source index winning a tie. They are laid out in
ascending source order from slot 4 on. What lay between memory and evicted slots (the pinned part) follows, then what lay
behind the evicted slots; order kept, keys rotated to their new slots, values untouched.

Streaming (the open file's older tokens; whole files). Sink first, then the text in chunks of C counted from the text's
first token; only the last chunk may be shorter. After each chunk, if the live part holds at least W + C tokens, its oldest
C tokens are evicted into the memory. So the live part holds fewer than W + C tokens between chunks, and the state never
more than 4 + K + W + C. A stream resumed from a checkpoint at a chunk boundary equals one run from the start.

Request (fill in the middle, suffix in front). With a prefix of n tokens and a suffix:

    streamed = C * floor(max(0, n - W) / C)       the first tokens of the prefix, whole chunks only
    live     = <|fim_prefix|> <|fim_suffix|> suffix <|fim_middle|> prefix[streamed:]        W .. W+C-1 prefix tokens if n >= W

The first `streamed` tokens run as a stream in a state of their own. Then everything that state holds behind the sink
(memory and window alike) competes: per layer and KV head the best K stay. A fresh state gets sink (forwarded), these
entries (keys rotated from their old slots to slots 4..), then the live part, forwarded in chunks of C without compaction.
The markers and the suffix are pinned: they take no source index and never compete. Generated tokens continue the prefix
and its source indices. Whenever a decoded or typed token brings the prefix tokens in the live part to W + C, the oldest C
of them are evicted (before the next token is read); markers and suffix are what lies between memory and evicted slots.
Without fill in the middle (plain text) the live part is `prefix[streamed:]` alone.
"""
