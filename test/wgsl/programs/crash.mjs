// A driver that takes its process along.
process.abort();
