/// How long runs took that were due together, in seconds.
struct TenantFigures: Sendable {
    /// Those of the small tenants.
    let small: [Double]
    /// Those of small tenants that began while the giant's run was under way; none without a giant.
    let smallMeanwhile: [Double]
    /// The giant's.
    let giant: Double?
}
