// An engine that ends as soon as it is started.
console.error('nothing goes right');
process.exit(3);
