// A library that cannot be loaded.
console.error(new Error('no such library. It is not there.'));
process.exit(1);
