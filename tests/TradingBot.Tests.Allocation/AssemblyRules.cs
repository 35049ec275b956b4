using Xunit;

// Bytes of the process are everybody's: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
