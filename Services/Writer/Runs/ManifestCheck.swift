import Messages

/// Whether all that a manifest speaks of has arrived (architecture.md §3.4): only then does the run say who is missing.
enum ManifestCheck {
    /// What was lost inside the pipeline, a sentence each: then the run says nothing about who is missing.
    static func losses(of run: ActiveRun, by manifest: FetchManifest) -> [String] {
        var reasons: [String] = []
        if run.arrivals.hasGap || run.page != manifest.pages {
            reasons.append("\(manifest.pages) pages were read from WeCom, and not all of them arrived.")
        }
        if run.refusals.isOfUnknownUnit { return reasons + run.refusals.reasons }
        // What was refused, or not proven, is missing from what is counted here, and is told of by itself.
        guard run.refusals.count == 0, run.unproven.isEmpty, run.anonymous == 0 else { return reasons }
        if run.departments.count != manifest.departmentsExpected || run.departments.digest != manifest.departmentDigest
        {
            reasons.append(
                "\(manifest.departmentsExpected) departments were read from WeCom, \(run.departments.count) arrived."
            )
        }
        if run.users.count != manifest.distinctUsers || run.users.digest != manifest.userDigest {
            reasons.append("\(manifest.distinctUsers) people were read from WeCom, \(run.users.count) arrived.")
        }
        return reasons
    }

    /// What of the run concerns single departments, or the range, a sentence each: whoever may be there is not missing.
    static func shortcomings(of run: ActiveRun, by manifest: FetchManifest) -> [String] {
        var reasons = manifest.isComplete ? [] : manifest.incompleteReasons
        if !manifest.isComplete && reasons.isEmpty {
            reasons.append("WeCom's directory could not be read to its end.")
        }
        if !run.unproven.isEmpty {
            reasons.append(
                "\(run.unproven.count) pages that WeCom had not changed could not be proven to be in the directory."
            )
        }
        if !run.refusals.isOfUnknownUnit { reasons += run.refusals.reasons }
        return reasons
    }
}
