console.log("reading the weights");
console.log(`crash: ${process.argv[2]}`);
process.exit(7);
