import Messages

/// How runs end that have to do with plans.
extension RunEnd {
    /// The run would have done other than the plan says.
    ///
    /// - Parameter count: Objects that differ; nil where there are too many to be told one by one.
    static func planDiffers(_ count: Int?, isOtherMapping: Bool) -> RunEnd {
        var reasons: [String] = []
        if isOtherMapping { reasons.append("The mapping is another one than the plan's.") }
        if count == 1 { reasons.append("1 object would become other than the plan says.") }
        if let count, count > 1 { reasons.append("\(count) objects would become other than the plan says.") }
        if count == nil { reasons.append("More objects would be written than a plan may have.") }
        reasons.append("Nothing was changed.")
        return RunEnd(outcome: .failed, reasons: reasons, cause: .planDiffers)
    }

    /// The plan cannot be carried out any more.
    static let planExpired = RunEnd(
        outcome: .failed,
        reasons: ["The plan is expired, or not kept any more.", "Nothing was changed."],
        cause: .planExpired
    )

    /// The plan was too large to be kept: only its figures are.
    ///
    /// Told as ``RunEndCause/planExpired``, the nearest that released readers know: there is no plan to carry out.
    static func planTooLarge(_ most: Int) -> RunEnd {
        RunEnd(
            outcome: .failed,
            reasons: [
                "The plan is too large to be carried out: more than \(most) objects would be written.",
                "Start the same run without a dry run.", "Nothing was changed.",
            ],
            cause: .planExpired
        )
    }

    /// Why a dry run leaves no plan.
    static func tooLarge(_ most: Int) -> String {
        "More than \(most) objects would be written: only the figures are kept, and no plan that could be carried out."
    }
}
