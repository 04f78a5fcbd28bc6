import Testing

/// Whole fetchers at work. One after the other, so that their leases and windows are not a matter of the
/// machine's load.
@Suite(
    .serialized,
    .timeLimit(.minutes(5)),
    .enabled(if: FetcherWorld.isAvailable, "needs DATABASE_URL and KAFKA_BOOTSTRAP_SERVERS")
)
enum WorkerTests {}
