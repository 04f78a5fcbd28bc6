import Runtime

/// Tells the program's readiness what keeps a stage from its work.
struct StageHealth: Sendable {
    let stage: String
    let readiness: Readiness?

    func show(_ obstacle: String?) {
        readiness?.set("stage \(stage)", ready: obstacle == nil, reason: obstacle)
    }
}
