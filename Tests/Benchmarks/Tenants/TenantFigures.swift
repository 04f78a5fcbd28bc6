/// How long runs took that were due together, in seconds.
struct TenantFigures: Sendable {
    /// Those of the small tenants.
    let small: [Double]
    /// Those of small tenants that began while the giant's run was under way; none without a giant.
    let smallMeanwhile: [Double]
    /// The giant's.
    let giant: Double?
    /// Seconds on a processor from the first request until nothing was left to do, by participant.
    let processorSeconds: [String: Double]
    /// The most memory meanwhile in megabytes, by service.
    let peaks: [String: Double]
}
