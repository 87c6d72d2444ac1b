// Preloaded into the gateway: it ends with the test that started it, however that ends.
process.stdin.resume().unref()
process.stdin.on('end', () => process.exit(1))
