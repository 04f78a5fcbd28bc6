import Messages

/// Whether all that a manifest speaks of has arrived (architecture.md §3): only then may a run remove.
enum ManifestCheck {
    /// Why the run does not prove what WeCom shows, a sentence each; empty when it does.
    static func shortcomings(of run: ActiveRun, by manifest: FetchManifest) -> [String] {
        var reasons = manifest.incompleteReasons
        if !manifest.isComplete && reasons.isEmpty {
            reasons.append("WeCom's directory could not be read to its end.")
        }
        if run.arrivals.hasGap || run.page != manifest.pages {
            reasons.append("\(manifest.pages) pages were read from WeCom, and not all of them arrived.")
        }
        if !run.unproven.isEmpty {
            reasons.append(
                "\(run.unproven.count) pages that WeCom had not changed could not be proven to be in the directory."
            )
        }
        // What was refused is missing from what is counted here, and was told of already.
        guard run.refusals.count == 0 else { return reasons + run.refusals.reasons }
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
}
