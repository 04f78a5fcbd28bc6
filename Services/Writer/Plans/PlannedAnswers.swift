import Messages

/// Answers to what a run asked for that may write at its end alone, as they are kept until then.
struct PlannedAnswers: Codable {
    let message: FindingsMapped
    /// When they came.
    let time: Timestamp
}
