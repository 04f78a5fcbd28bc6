import Kafka
import Logging
import Messages
import Metrics
import Pipeline
import Traces

/// What came of a transaction of the projection, to be told once it is committed.
struct ProjectionNews: Sendable {
    /// The sessions that ended, and by which message.
    var ended: [(envelope: Envelope, sessions: [SessionStore.Ended])] = []
    /// Records that can never be applied.
    var letters: [OutgoingRecord] = []
    /// Of which records these are that the stage does not see.
    var setAside = ReasonCounts()
    /// What was written, to be ended.
    var spans: [TraceSpan] = []
    private var passed: [ProjectedChange] = []
    private var gaps: [(identityProvider: IdentityProviderID, reason: String, count: Int)] = []

    /// Messages that were applied before.
    mutating func add(_ changes: [ProjectedChange]) { passed += changes }

    /// The gaps that a state noticed since it was read.
    mutating func add(gapsOf state: ProjectionState, in identityProvider: IdentityProviderID) {
        guard state.gapsNoticed > 0, let gap = state.lastGap else { return }
        gaps.append((identityProvider, gap, state.gapsNoticed))
    }

    /// Counts and logs.
    func log(to logger: Logger) {
        for span in spans { span.end() }
        if setAside.total > 0 {
            Counter(label: "stage.dead_letters", dimensions: [("stage", PrincipalProjection.stage)])
                .increment(by: setAside.total)
        }
        for gap in gaps {
            Counter(label: "verifier.gaps").increment(by: gap.count)
            logger.error(
                "changes of the directory are missing",
                metadata: [
                    "identityProvider": "\(gap.identityProvider)", "reason": "\(gap.reason)",
                    "remedy": "\(GapWatch.remedy(gap.identityProvider))",
                ]
            )
        }
        let count = ended.reduce(0) { $0 + $1.sessions.count }
        if count > 0 {
            logger.info("sessions of people who may no longer log on ended", metadata: ["count": "\(count)"])
        }
        guard let last = passed.last else { return }
        // Also a letter that was redriven too late: what it says was overtaken.
        logger.info(
            "changes that were passed before are not applied again",
            metadata: [
                "count": "\(passed.count)", "identityProvider": "\(last.envelope.identityProvider)",
                "epoch": "\(last.epoch)", "sequence": "\(last.message.sequence)",
            ]
        )
    }
}
