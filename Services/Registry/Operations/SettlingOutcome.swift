import Pipeline

/// What became of dead letters that were to be redriven or discarded.
struct SettlingOutcome: Encodable, Sendable {
    /// How many are named at most.
    private static let most = 200

    /// How many are settled.
    var settled = 0
    /// How many more are meant: the same request again goes on with them.
    var left = 0
    /// Those that come back again and again, and are left alone.
    let redrivenTooOften: [String]
    /// Those that cannot be redriven, with the reason.
    let cannotBe: [String: String]
    /// Those that the brokers refuse, with the reason.
    var refused: [String: String] = [:]
    /// Under which number the audit has it; nil where there was nothing to do.
    var operation: String?

    /// - Parameter plan: Nil where they are discarded.
    init(_ plan: RedrivePlan?) {
        redrivenTooOften = (plan?.stopped ?? []).prefix(Self.most).map(\.id)
        cannotBe = (plan?.obstructed ?? []).prefix(Self.most).reduce(into: [:]) { $0[$1.id] = $1.obstacle ?? "" }
    }
}
