/// What was looked at of what all services need, as the registry shows it to operators.
struct CheckResult: Decodable, Sendable {
    /// How checks end.
    static let outcomes = ["passed", "warning", "failed", "skipped"]

    let check: String
    let outcome: String
    let finding: String
    let fix: String?
}
